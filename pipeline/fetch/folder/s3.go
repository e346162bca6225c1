package folder

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/secret"
)

// S3 is a folder of a bucket.
type S3 struct {
	Endpoint  string        `yaml:"endpoint"`
	Region    string        `yaml:"region"`
	Bucket    string        `yaml:"bucket"`
	Prefix    string        `yaml:"prefix"`
	AccessKey string        `yaml:"access_key"`
	SecretKey secret.Secret `yaml:"secret_key"`
	CA        string        `yaml:"ca"`
	Plain     bool          `yaml:"unencrypted"`
}

// Declared says what is declared of a bucket.
func (S3) Declared() declare.Keys {
	return declare.Keys{
		"endpoint":    {Zh: "主机，可带端口", En: "the host, with a port where it is another", Example: "s3.example.gov.cn:9000", Required: true},
		"region":      {Zh: "区域", En: "the region", Default: "us-east-1", Example: "cn-north-1"},
		"bucket":      {Zh: "桶", En: "the bucket", Example: "reports", Required: true},
		"prefix":      {Zh: "文件夹，以 / 结尾；不含下级", En: "the folder, ending in /; those below it are not looked at", Example: "out/"},
		"access_key":  {Zh: "访问密钥的名字，只需读权限", En: "the name of the access key; reading is all that is needed", Example: "yanzhen", Required: true},
		"secret_key":  {Zh: "访问密钥放在哪里", En: "where the secret of the access key is found", Example: "{file: /etc/yanzhen/s3.key}", Required: true},
		"ca":          {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"unencrypted": {Zh: "true 允许不加密：只用于专网", En: "true: in the clear, on a network of one's own only", Default: "false", Example: "true"},
	}
}

func (s *S3) check(f *declare.File, at string) {
	if s.Endpoint == "" || strings.ContainsAny(s.Endpoint, "/@ ") {
		f.Fault(at+".endpoint", "应为主机或 主机:端口", "want a host, or host:port")
	}
	if s.Bucket == "" || strings.Contains(s.Bucket, "/") {
		f.Fault(at+".bucket", "缺少，或带有 /", "is missing, or has a /")
	}
	if s.Prefix != "" && !strings.HasSuffix(s.Prefix, "/") {
		f.Fault(at+".prefix", "应以 / 结尾", "want it to end in /")
	}
	if (s.SecretKey == secret.Secret{}) {
		f.Fault(at+".secret_key", "缺少", "is missing")
	}
	s.SecretKey.Check(f, at+".secret_key")
	absolute(f, at+".ca", s.CA)
}

type s3Door struct {
	of     *Folder
	client *minio.Client
	left   atomic.Int64 // bytes that may still come
	calls  atomic.Int64 // that may still be made
}

func (s *S3) open(_ context.Context, of *Folder) (Door, error) {
	word, err := s.SecretKey.Read()
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		pem, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, err
		}
		if trust.RootCAs = x509.NewCertPool(); !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, answer.NewFault("folder_ca", "根证书里没有证书", "there is no certificate in the file of the authority", "核对 ca", "check ca")
		}
	}
	dial := &net.Dialer{Timeout: 15 * time.Second}
	d := &s3Door{of: of}
	d.client, err = minio.New(s.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, word, ""), Secure: !s.Plain, Region: s.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 2,
		Transport: &http.Transport{
			TLSClientConfig: trust, TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: idle, MaxResponseHeaderBytes: 1 << 20, DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) { // for each request
				if d.calls.Add(-1) < 0 {
					return nil, errMany()
				}
				c, err := dial.DialContext(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return &answer.Patient{Conn: c, Left: &d.left, Idle: idle}, nil
			},
		},
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *s3Door) List(ctx context.Context) (l Listing, err error) {
	ctx, enough := context.WithTimeoutCause(ctx, idle, errSlow)
	defer enough()
	d.left.Store(mostList)
	d.calls.Store(mostCalls)
	s := d.of.S3
	for o := range d.client.ListObjects(ctx, s.Bucket, minio.ListObjectsOptions{Prefix: s.Prefix, MaxKeys: 1000}) {
		if o.Err != nil {
			if d.left.Load() < 0 {
				return l, errMany()
			}
			return l, said(ctx, o.Err)
		}
		name, ok := strings.CutPrefix(o.Key, s.Prefix)
		is := file
		if name == "" || strings.HasSuffix(name, "/") { // the folder itself, or one below it
			is = other
		}
		if !ok {
			name = ""
		}
		if err := d.of.take(&l, Entry{Name: name, Size: o.Size, Modified: o.LastModified.UTC(), Tag: strings.Trim(o.ETag, `"`)}, is); err != nil {
			return l, err
		}
	}
	l.sorted()
	return l, context.Cause(ctx)
}

func (d *s3Door) Copy(ctx context.Context, e Entry, to io.Writer) error {
	d.left.Store(int64(d.of.MostMB)<<21 + 1<<20) // it may be tried again
	d.calls.Store(mostCalls)
	get := minio.GetObjectOptions{}
	if e.Tag != "" {
		if err := get.SetMatchETag(e.Tag); err != nil {
			return err
		}
	}
	from, err := d.client.GetObject(ctx, d.of.S3.Bucket, d.of.S3.Prefix+e.Name, get)
	if err != nil {
		return said(ctx, err)
	}
	defer from.Close()
	if err := d.of.copy(ctx, e, to, from); err != nil {
		return said(ctx, err)
	}
	return nil
}

func (d *s3Door) Close() error { return nil }

// said is an error of the store, without what it quotes.
func said(ctx context.Context, err error) error {
	var f *answer.Fault
	if errors.As(err, &f) || errors.Is(err, ErrMoving) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if f = answer.Untrusted("folder_certificate", "存储", "the store", err); f != nil {
		return f
	}
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return err
	}
	switch r.Code {
	case minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch":
		return refused("存储拒绝访问："+r.Code, "the store refuses: "+r.Code)
	case minio.NoSuchBucket:
		return answer.NewFault("folder_gone", "没有这个桶", "there is no such bucket", "核对 bucket", "check bucket")
	case minio.PreconditionFailed, minio.NoSuchKey:
		return ErrMoving
	default:
		return fmt.Errorf("存储回答 %s（%d） / the store answers %[1]s (%[2]d)", r.Code, r.StatusCode)
	}
}
