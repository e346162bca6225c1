package answer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// Untrusted is a fault under code where err is that the certificate of the other side cannot be trusted, and nil else. The other
// side is called zh and en.
func Untrusted(code, zh, en string, err error) *Fault {
	var cert *tls.CertificateVerificationError
	if !errors.As(err, &cert) {
		return nil
	}
	why, todo := [2]string{"签发机构不认识", "nobody known has signed it"}, [2]string{"内部机构签发的，把根证书写在 ca", "where the office's own authority signed it, name its root certificate in ca"}
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		why, todo = [2]string{"不是给这个主机名的", "it is for another name"}, [2]string{"核对主机名，或请对方换证书", "check the name of the host, or ask the other side for a certificate of that name"}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		why, todo = [2]string{"过期，或还没有生效", "it has expired, or is not valid yet"}, [2]string{"请对方换证书，并核对本机的时钟", "ask the other side for a new one, and check the clock of this machine"}
	case errors.As(err, &invalid):
		why, todo = [2]string{"不是给服务器用的，或签发有误", "it is not one for servers, or was signed wrongly"}, [2]string{"请对方换证书", "ask the other side for another"}
	}
	return NewFault(code, zh+"的证书不可信（"+why[0]+"），没有登录", "the certificate of "+en+" is not trusted ("+why[1]+"): nobody signed in", todo[0], todo[1])
}
