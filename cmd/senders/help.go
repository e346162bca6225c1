package senders

// Help is printed by yanzhen template --help.
func (*TemplateFlags) Help() string {
	return `Writes a workbook for a sender to fill in: headings with units, code lists as drop-downs, formats of numbers
and days, and a sheet that says what belongs where. With --sender it holds their last version, where its cells can be
written again: of identity numbers only a hash is kept.

  yanzhen template enterprises --sender 经发局 --period 2026-07`
}

// Help is printed by yanzhen return --help.
func (*ReturnFlags) Help() string {
	return `Writes the file of a run again for its sender: bad cells are coloured, each with a comment that says what is wrong and
what to do, and a sheet lists them with links. Everything else of a workbook stays; text files and old workbooks come back
as workbooks. The sender mends it and sends it again under its own name.`
}

// Help is printed by yanzhen mapping --help.
func (*MappingFlags) Help() string {
	return `A heading that no column has is not read. Where a sender always calls a column so, confirm it once: it is remembered for
this sender and dataset, used the next time and told in the load. In each table it stands behind all that is declared. A file
that was read otherwise is read again when it is seen again under its own name. yanzhen plan names the headings that are not read.

  yanzhen mapping
  yanzhen mapping 丙局 talents 人员姓名 --column name
  yanzhen mapping 丙局 talents 人员姓名 --withdraw`
}

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"Headings of a sender that are read as a column: list them, remember one, withdraw one.": "报送单位的哪个表头读作哪一列：列出、记住、撤销。",
	"Who calls a column so; none lists all that is remembered.":                              "谁的表头；不写则列出全部。",
	"Dataset.":                            "数据集。",
	"The heading in the sender's files.":  "文件里的表头。",
	"The column that it is: remember it.": "它是哪一列：记住。",
	"Read it as this column no more.":     "不再这样读。",

	(*MappingFlags)(nil).Help(): `没有一列叫这个名字的表头不会读取。某个单位总是这样称呼一列的，确认一次即可：对这个单位和数据集记住，下次照用，并在装入结果里说明。
每张表里，凡按声明能读的一律优先。此前读过的文件，用原名再次送到时重新读取。没有读取的表头见 yanzhen plan。

  yanzhen mapping
  yanzhen mapping 丙局 talents 人员姓名 --column name
  yanzhen mapping 丙局 talents 人员姓名 --withdraw`,
	"Write a workbook for a sender to fill in.":                     "写出一份供报送单位填写的工作簿（模板）。",
	"Write a sender's file again, with what is wrong marked in it.": "把报送单位的文件标注后写出，供退回改正。",

	"Dataset that the workbook is for; see yanzhen docs.": "为哪个数据集写模板，见 yanzhen docs。",

	"Who fills it in: the file is named after them, and holds their last version where its cells can be written again.": "由谁填写：文件按它命名；能写回的话，预填它上一版的行。",
	"The period it will be of: 2026-07, 2026H1. It becomes part of the file's name.":                                    "报哪一期：2026-07、2026H1；写进文件名。",
	"Leave out what the sender sent last.":                                                       "不预填上一版。",
	"File to write. Default: SENDER_DATASET_PERIOD.xlsx in this folder.":                         "写到哪个文件；缺省为当前目录的 单位_数据集_期间.xlsx。",
	"Run whose file goes back, as yanzhen runs shows it.":                                        "退回哪次运行的文件，编号见 yanzhen runs。",
	"The file as it was sent. Default: the one in the inbox.":                                    "报送时的原文件；缺省在收件夹里找。",
	"File to write. Default: the sender's own name in the folder returns of the data directory.": "写到哪个文件；缺省为数据目录 returns 下，沿用原名。",

	(*TemplateFlags)(nil).Help(): `写出供报送单位填写的工作簿：表头带单位，代码列为下拉选项，数与日期设好格式，另有一张填表说明。
给出 --sender 时预填它上一版的行；证件号只存加密散列，写不回来的不预填。

  yanzhen template enterprises --sender 经发局 --period 2026-07`,
	(*ReturnFlags)(nil).Help(): `把一次运行的文件标注后写出，供退回：不合格的格子着色，批注写明问题与改法，另有一张带链接的清单。
工作簿的其余内容原样保留；文本文件与旧版工作簿以新版工作簿退回。报送单位改好后，用原名再报一次。`,
}
