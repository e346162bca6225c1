package cell

import "yanzhen/pipeline/codes"

// Credit reads a unified social credit code and checks both its check characters.
func Credit(raw string) (string, *Fault) {
	c := codes.CheckCredit(raw)
	if c.Valid() {
		return string(c.Code[:]), nil
	}
	f := FaultCreditCheck
	switch c.Fault {
	case codes.CreditOld, codes.CreditLength:
		return "", FaultCredit
	case codes.CreditCharacter:
		f = FaultCreditCharacter
	}
	if better, ok := codes.RepairCredit(raw); ok {
		g := *f
		g.Remedy = codes.Text{Zh: "是否为 " + better + "？请与营业执照核对", En: "perhaps " + better + "; compare with the licence"}
		return "", &g
	}
	return "", f
}
