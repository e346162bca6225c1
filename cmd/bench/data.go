package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

// writeLoadFile writes rows lines of 16 columns, as an office would export them: valid identity
// numbers, dates, nine code columns, numbers and a free text. Codes stand as codes, so that the
// engine's own loader and the product's end with the same values.
func writeLoadFile(path string, rows int) (size int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	rng := rand.New(rand.NewPCG(1, 2))
	fmt.Fprintln(w, "person,date,direction,province,country,education,channel,employment,enterprise,node,occupation,skill_level,salary,headcount,birth_year,note")

	pick := func(values []string) string { return values[rng.IntN(len(values))] }
	var line []byte
	first := time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)
	for range rows {
		year := 1960 + rng.IntN(46)
		born := fmt.Sprintf("%04d%02d%02d", year, 1+rng.IntN(12), 1+rng.IntN(28))
		line = appendIDNumber(line[:0], "331121", born, rng.IntN(1000))
		line = append(line, ',')
		line = first.AddDate(0, 0, rng.IntN(1096)).AppendFormat(line, "2006-01-02")
		for _, v := range []string{
			pick(directions), pick(provinces), pick(countries), pick(educations), pick(channels), pick(employments),
			"青田县第" + strconv.Itoa(rng.IntN(800)) + "材料有限公司", pick(nodes), pick(occupations),
		} {
			line = append(line, ',')
			line = append(line, v...)
		}
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(rng.IntN(7)), 10)
		line = append(line, ',')
		line = strconv.AppendFloat(line, float64(4000+rng.IntN(30000))+float64(rng.IntN(100))/100, 'f', 2, 64)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(1+rng.IntN(40)), 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(year), 10)
		line = append(line, ",登记编号"...)
		line = strconv.AppendInt(line, rng.Int64N(1_000_000_000), 10)
		line = append(line, "，经社保核对\n"...)
		if _, err := w.Write(line); err != nil {
			return 0, err
		}
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), f.Close()
}

// appendIDNumber appends an 18-character identity number with its GB 11643 check character.
func appendIDNumber(b []byte, region, born string, seq int) []byte {
	start := len(b)
	b = append(b, region...)
	b = append(b, born...)
	b = append(b, fmt.Sprintf("%03d", seq)...)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(b[start+i]-'0') * w
	}
	return append(b, "10X98765432"[sum%11])
}

var (
	directions  = []string{"in", "in", "in", "out"}
	provinces   = []string{"浙江", "江西", "安徽", "河南", "江苏", "福建", "湖南", "湖北", "四川", "陕西", "山东", "广东", "上海", "北京", "重庆", "贵州"}
	countries   = []string{"CN", "CN", "CN", "CN", "CN", "CN", "DE", "JP", "US", "KR"}
	educations  = []string{"11", "14", "21", "21", "21", "31", "31", "41", "61"}
	channels    = []string{"campus", "market", "fair", "agency", "referral", "policy", "return", "overseas"}
	employments = []string{"full_time", "full_time", "full_time", "flexible"}
	nodes       = []string{
		"superalloy.raw", "superalloy.smelt", "superalloy.cast", "superalloy.forge", "superalloy.part", "superalloy.test",
		"magnetic.raw", "magnetic.powder", "magnetic.sinter", "magnetic.soft", "magnetic.motor", "magnetic.device",
		"molybdenum.mine", "molybdenum.oxide", "molybdenum.powder", "molybdenum.sheet", "molybdenum.target", "molybdenum.catalyst",
	}
	occupations = []string{
		"高温合金冶炼工", "真空熔炼工", "精密铸造工", "锻造工", "金属轧制工", "热处理工", "无损检测员", "材料工程师", "磁性材料制取工", "粉末冶金工",
		"电机装配工", "机械工程师", "电气工程师", "质量管理员", "钨钼冶炼工", "钨钼制品工", "化学分析员", "设备维修工", "工艺工程师", "研发工程师",
	}
)
