package programs

// HelpZh gives the help texts of these commands in Chinese.
var HelpZh = map[string]string{
	"Of a ClickHouse server of one's own: who may ask it what.":                  "数据库是自己的 ClickHouse 服务器时：谁能查什么。",
	"Print, or apply, who may ask the ClickHouse server what.":                   "打印或执行 ClickHouse 服务器上的权限。",
	"Run the statements on the server of database.dsn instead of printing them.": "在 database.dsn 的服务器上执行这些语句，而不是打印。",
	"Folder with a file for each account that is to get a password: its name is the account's, its content the password. For new accounts without one a password is made and written there.": "密码目录：要给密码的账号一人一个文件，文件名是账号名，内容是密码；新账号没有文件的，生成一个写在这里。",
	"User of the server that may manage access; default: that of database.dsn.":                                                                                                              "服务器上可以管理权限的用户；缺省为 database.dsn 的用户。",
	"File that holds the password of --user.": "存有 --user 密码的文件。",
	(*grantsCmd)(nil).Help(): `把内置引擎自己把守的那些事说给 ClickHouse 服务器：角色、限额、配额，给每个有 SQL、明细与少数人的数三项权限的账号建用户
（名为 yanzhen.账号），给只看一部分的账号建行策略。没有了的、停用的、没有权限的账号，其用户被删除。服务器上别的东西不动；
再运行一次不会改变什么。账号或数据集变了就再运行一次。

  yanzhen warehouse grants                                   看看会说什么
  yanzhen warehouse grants --apply --passwords /root/given --user admin --password-file /root/admin.password

不给任何人看脱敏前的内容：去除脱敏只对一条语句有效，理由要先进审计记录，而到服务器的语句不经过本程序。

页面的密码带不过去：它存的是另一种散列。--passwords 目录里没有密码的新用户进不来。打印和发送的只有加盐散列，没有密码；
文件交给本人后请删除。`,
}
