package keep

// Help is printed by yanzhen backup --help.
func (*BackupFlags) Help() string {
	return `Works while the server runs, and without one. The store, the bookkeeping, the accounts, the audit trail, saved
statements and the installation's own declarations are copied as of one moment; what an earlier backup in the folder
has already is read once more and not written again. With --passphrase-file it is encrypted (age) and holds person.key too.
Not in it: the inbox, the spool, drafts, exports, sessions, messages that wait to be sent, the configuration file, and what
somebody else put into the data directory. See docs/operations.md.

  yanzhen backup /mnt/usb/yanzhen --passphrase-file /etc/yanzhen/backup.pass --keep 14`
}

// Help is printed by yanzhen restore --help.
func (*RestoreFlags) Help() string {
	return `Reads the whole backup first: where a byte of it has changed or is missing that is told, and nothing is written. Then
the store is built beside the new directory (inside of it, where a disk begins there), and the rows and control sums of every live batch of every dataset are
compared with the ledger; where all agree the directory gets its name.

  yanzhen restore /mnt/usb/yanzhen /var/lib/yanzhen-new --passphrase-file /etc/yanzhen/backup.pass`
}

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"Back up the installation, also while it runs.":                          "备份，服务运行时也可以。",
	"Make a new data directory of a backup, and compare it with the ledger.": "从备份恢复出一个新的数据目录，并与账簿核对。",

	"Folder of backups; made where there is none.":                                         "备份目录；没有则新建。",
	"Encrypt with the passphrase in this file.":                                            "用这个文件里的口令加密。",
	"Include the key that persons are hashed with, though the backup is not encrypted.":    "备份虽未加密，也放进人员密钥 person.key。",
	"Keep the latest so many backups of the folder and remove the others; 0 keeps all.":    "只留最近多少份，其余清理；0 为全部保留。",
	"List the backups of the folder; makes none.":                                          "列出目录里的备份，不做备份。",
	"Read every backup of the folder whole and compare it with its checksums; makes none.": "把目录里的每一份备份读完，与校验和核对；不做备份。",

	"Folder of backups.":                             "备份目录。",
	"Data directory to make: a new or an empty one.": "要恢复成的数据目录：新的或空的。",
	"Which backup: by the beginning of its name, or the latest up to a moment (2026-07-05, 2026-07-05 18:00); default: the latest.": "哪一份：写名称的开头，或一个时刻（2026-07-05、2026-07-05 18:00），取到那时为止最近的一份；缺省为最近一份。",
	"File that holds the passphrase of an encrypted backup.":                                                                        "存有加密备份口令的文件。",

	(*BackupFlags)(nil).Help(): `服务运行与否都可以备份。库、账簿、账号、审计、保存的语句和本安装自己的声明，都是同一时刻的；目录里已有的
重读一遍，不再重写。给出 --passphrase-file 则加密（age），并包含 person.key。不含：收件夹、暂存、草稿、导出、
登录会话、待发的通知、配置文件，以及别人放进数据目录的东西。见 docs/operations.md。

  yanzhen backup /mnt/usb/yanzhen --passphrase-file /etc/yanzhen/backup.pass --keep 14`,
	(*RestoreFlags)(nil).Help(): `先把备份从头读一遍：有一个字节变了或缺了就说明，什么也不写。再在新目录旁边（它本身是一块盘时在它里面）建库，逐个数据集核对每个现行
批次的行数与控制总和；全部相符，目录才得到它的名字。

  yanzhen restore /mnt/usb/yanzhen /var/lib/yanzhen-new --passphrase-file /etc/yanzhen/backup.pass`,
}
