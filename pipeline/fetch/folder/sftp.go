package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/secret"
)

// SFTP is a folder of an SFTP server, which has to prove that it is the declared one.
type SFTP struct {
	Host     string        `yaml:"host"`
	Port     int           `yaml:"port"`
	User     string        `yaml:"user"`
	HostKey  string        `yaml:"host_key"`
	Password secret.Secret `yaml:"password"`
	Key      secret.Secret `yaml:"key"`
	Dir      string        `yaml:"dir"`

	host ssh.PublicKey
}

// Declared says what is declared of an SFTP server.
func (SFTP) Declared() declare.Keys {
	return declare.Keys{
		"host":     {Zh: "主机", En: "the host", Example: "sftp.example.gov.cn", Required: true},
		"port":     {Zh: "端口", En: "the port", Default: "22", Example: "2222"},
		"user":     {Zh: "用户，只需读权限", En: "the user; reading is all that is needed", Example: "yanzhen", Required: true},
		"host_key": {Zh: "服务器的公钥（ssh-keyscan 所得，须向对方核对）：对不上就不连", En: "the public key of the server, as ssh-keyscan gives it and the other side confirms: another server is not talked to", Example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZ5…", Required: true},
		"password": {Zh: "口令放在哪里", En: "where the password is found", Example: "{file: /etc/yanzhen/sftp.password}"},
		"key":      {Zh: "或私钥放在哪里（OpenSSH 格式，不带口令）", En: "or the private key (OpenSSH, without a passphrase)", Example: "{file: /etc/yanzhen/sftp.key}"},
		"dir":      {Zh: "文件夹，不含下级", En: "the folder; those below it are not looked at", Default: ".", Example: "/out"},
	}
}

func (s *SFTP) check(f *declare.File, at string) {
	var err error
	if s.host, _, _, _, err = ssh.ParseAuthorizedKey([]byte(s.HostKey)); err != nil {
		f.Fault(at+".host_key", "不是公钥：写成 ssh-ed25519 AAAA…（ssh-keyscan 所得，去掉主机名）", "is no public key: write ssh-ed25519 AAAA..., as ssh-keyscan gives it, without the name of the host")
	}
	if s.Port < 1 || s.Port > 65535 {
		f.Fault(at+".port", "应为 1 至 65535", "want 1 to 65535")
	}
	s.Password.Check(f, at+".password")
	s.Key.Check(f, at+".key")
	if (s.Password == secret.Secret{}) == (s.Key == secret.Secret{}) {
		f.Fault(at+".password", "password 与 key 应有且只有一个", "want password or key, one of them")
	}
}

// auth reads what proves who we are.
func (s *SFTP) auth() (ssh.AuthMethod, error) {
	if (s.Key != secret.Secret{}) {
		text, err := s.Key.Read()
		if err != nil {
			return nil, err
		}
		signer, err := ssh.ParsePrivateKey([]byte(text + "\n"))
		if err != nil { // it may quote the key
			return nil, answer.NewFault("folder_key", "私钥读不懂", "the private key cannot be read", "换成 OpenSSH 格式、不带口令的私钥", "use a private key in the format of OpenSSH without a passphrase")
		}
		return ssh.PublicKeys(signer), nil
	}
	word, err := s.Password.Read()
	return ssh.Password(word), err
}

var errHost = errors.New("another host key")

// algorithms are those in which the declared kind of key may sign.
func algorithms(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

// sftpDoor signs in again where the line was left unused for long: while files settle or one is loaded, nobody keeps it open.
type sftpDoor struct {
	of     *Folder
	raw    net.Conn // nil: there is none
	conn   *ssh.Client
	client *sftp.Client
	left   atomic.Int64 // bytes that may still come
	used   time.Time
}

func (s *SFTP) open(ctx context.Context, of *Folder) (Door, error) {
	d := &sftpDoor{of: of}
	if err := d.ready(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// ready sees to it that somebody answers.
func (d *sftpDoor) ready(ctx context.Context) error {
	if d.raw != nil && time.Since(d.used) < idle/2 {
		return nil
	}
	d.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, idle, errSlow)
	defer cancel()
	d.left.Store(mostList)
	if err := d.signIn(ctx, d.of.SFTP); err != nil {
		d.Close()
		return err
	}
	if d.raw == nil { // the context ended at the last moment
		return context.Cause(ctx)
	}
	return nil
}

// hangUp ends the line with the context, whatever is waited for; done takes that back, and leaves no line that has failed.
func (d *sftpDoor) hangUp(ctx context.Context) (done func(error)) {
	raw := d.raw
	undo := context.AfterFunc(ctx, func() { raw.Close() })
	return func(err error) {
		if !undo() || lost(err) {
			d.Close()
		}
		d.used = time.Now()
	}
}

// lost reports whether an error is of the line, not of a file.
func lost(err error) bool {
	var status *sftp.StatusError
	var fault *answer.Fault
	return err != nil && !errors.As(err, &status) && !errors.As(err, &fault) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, ErrMoving)
}

func (d *sftpDoor) signIn(ctx context.Context, s *SFTP) error {
	auth, err := s.auth()
	if err != nil {
		return err
	}
	raw, err := (&net.Dialer{Timeout: 15 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return err
	}
	d.raw = raw
	done := d.hangUp(ctx)
	defer func() { done(err) }()
	other := false
	c, channels, requests, err := ssh.NewClientConn(&answer.Patient{Conn: raw, Left: &d.left, Idle: idle}, s.Host, &ssh.ClientConfig{
		User: s.User, Auth: []ssh.AuthMethod{auth}, Timeout: 15 * time.Second, HostKeyAlgorithms: algorithms(s.host.Type()),
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			if !bytes.Equal(key.Marshal(), s.host.Marshal()) {
				other = true
				return errHost
			}
			return nil
		},
	})
	if err != nil {
		switch {
		case other || strings.Contains(err.Error(), "no common algorithm for host key"):
			return answer.NewFault("folder_host", "服务器的公钥不是声明的那一个：没有连接", "the server's key is not the declared one: it was not talked to", "向对方核对；确实换了就改 host_key", "ask the other side; correct host_key where it has really changed")
		case strings.Contains(err.Error(), "unable to authenticate"):
			return refused("服务器拒绝登录", "the server refuses the sign-in")
		}
		return plain(ctx, err)
	}
	d.conn = ssh.NewClient(c, channels, requests)
	if d.client, err = sftp.NewClient(d.conn); err != nil {
		return plain(ctx, err)
	}
	return nil
}

// plain is an error without what a server says in it.
func plain(ctx context.Context, err error) error {
	var status *sftp.StatusError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, fs.ErrNotExist):
		return answer.NewFault("folder_gone", "对方没有这个文件夹或文件", "there is no such folder or file on the other side", "核对 dir", "check dir")
	case errors.Is(err, fs.ErrPermission):
		return refused("对方不让读", "the other side does not let it be read")
	case errors.As(err, &status):
		return fmt.Errorf("SFTP 错误 %d / SFTP error %[1]d", status.Code)
	}
	return err
}

func (d *sftpDoor) List(ctx context.Context) (l Listing, err error) {
	if err := d.ready(ctx); err != nil {
		return l, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, idle, errSlow)
	defer cancel()
	done := d.hangUp(ctx)
	d.left.Store(mostList)
	infos, err := d.client.ReadDirContext(ctx, d.of.SFTP.Dir)
	done(err)
	if err != nil && d.left.Load() < 0 {
		return l, errMany()
	}
	if err != nil {
		return l, plain(ctx, err)
	}
	for _, info := range infos {
		is := file
		if !info.Mode().IsRegular() {
			is = other
		}
		if err := d.of.take(&l, Entry{Name: info.Name(), Size: info.Size(), Modified: info.ModTime().UTC()}, is); err != nil {
			return l, err
		}
	}
	l.sorted()
	return l, nil
}

func (d *sftpDoor) Copy(ctx context.Context, e Entry, to io.Writer) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	done := d.hangUp(ctx)
	d.left.Store(int64(d.of.MostMB)<<21 + 1<<20)
	err := d.copy(ctx, path.Join(d.of.SFTP.Dir, e.Name), e, to)
	done(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist): // it was there when it was listed
		return ErrMoving
	}
	return plain(ctx, err)
}

func (d *sftpDoor) copy(ctx context.Context, name string, e Entry, to io.Writer) error {
	from, err := d.client.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := d.of.copy(ctx, e, to, from); err != nil {
		return err
	}
	now, err := d.client.Lstat(name)
	if err != nil {
		return err
	}
	if now.Size() != e.Size || !now.ModTime().UTC().Equal(e.Modified) {
		return ErrMoving
	}
	return nil
}

func (d *sftpDoor) Close() error {
	if d.raw == nil {
		return nil
	}
	err := d.raw.Close() // first: a server that hangs would not let go of the rest
	if d.client != nil {
		d.client.Close()
	}
	if d.conn != nil {
		d.conn.Close()
	}
	d.raw, d.conn, d.client = nil, nil, nil
	return err
}
