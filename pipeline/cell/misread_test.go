package cell

import "testing"

func TestMisread(t *testing.T) {
	for s, want := range map[string]bool{
		"鐢插叕鍙": true, "娴欐睙闆佹箹绮惧瘑閾搁€犳湁闄愬叕鍙": true, "ç”²å…¬å¸": true, "ä¹™å¤§å\u00ad¦": true, "MÃ¼ller GmbH": true, "25Â°C": true, "¼×¹«Ë¾": true, "å…¬å\u008f¸": true, "涓\ue15e浗鐭冲寲宸": true, "鏁\ue18f": false,
		"樅鼠侗": true, "箝薯萇儂衄癹鼠侗": true, "卼膘弊": true, "桲帡鏍(8)": true, "ヤ坒笭馱": true, "曾雁旻": false, "蔡雁旻": false, "欧阳雁旻": false, "烫烫烫西山": true, "屯屯屯屯": true, "烫面饺店": false, "屯屯小学": false, "甲公司": false, "臺灣積體電路": false, "鴻海精密": false, "設備製造": false, "龔鏗": false, "Чехия": false, "Müller GmbH": false, "São Paulo": false, "SÃO PAULO": false, "涓涓细流": false, "浜湖公司": false, "闄下街道": false, "Société Générale": false, "25°C": false, "ÄÖÜ ß": false, "A±5": false, "Ångström": false, "Crème brûlée": false, "½×¼": false, "鍏": false, "楠风化工": false, "“Café”…": false, "“Nestlé”·": false, "瀚宏发展": false, "瀚峰工贸": false, "濮红江": false, "丽水东合特种合金有限公司": false,
	} {
		if got := Undecoded(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}
