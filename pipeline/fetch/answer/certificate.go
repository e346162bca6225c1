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
	why := [2]string{"签发机构不认识", "nobody known has signed it"}
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		why = [2]string{"不是给这个主机名的", "it is for another name"}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		why = [2]string{"过期，或还没有生效", "it has expired, or is not valid yet"}
	}
	return NewFault(code, zh+"的证书不可信（"+why[0]+"），没有登录", "the certificate of "+en+" is not trusted ("+why[1]+"): nobody signed in",
		"核对主机名；内部机构签发的，把根证书写在 ca", "check the name of the host; where the office's own authority signed it, name its root certificate in ca")
}
