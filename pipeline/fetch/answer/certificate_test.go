package answer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Of a certificate that is not trusted it is told why, with what helps then; of another error nothing is.
func TestUntrusted(t *testing.T) {
	for _, tt := range []struct {
		err       error
		why, todo string
	}{
		{x509.UnknownAuthorityError{}, "nobody known has signed it", "root certificate in ca"},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "db"}, "it is for another name", "name of the host"},
		{x509.CertificateInvalidError{Reason: x509.Expired}, "it has expired", "clock"},
		{x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}, "not one for servers", "another"},
	} {
		got := Untrusted("certificate", "数据库", "the database", fmt.Errorf("dial: %w", &tls.CertificateVerificationError{Err: tt.err}))
		if got == nil || got.Code != "certificate" || !strings.Contains(got.Text.En, tt.why) || !strings.Contains(got.Remedy.En, tt.todo) || got.Remedy.Zh == "" {
			t.Errorf("%T: %+v", tt.err, got)
		}
	}
	for _, err := range []error{nil, errors.New("certificate"), x509.HostnameError{}} {
		if got := Untrusted("certificate", "", "", err); got != nil {
			t.Errorf("%v: %v", err, got)
		}
	}
}
