package account

import "yanzhen/pipeline/codes"

// Odd are the cells that were read otherwise than they stand, or may have been.
type Odd struct {
	Across  Cells // cells merged with those on their right
	Repeats Cells // cells that repeat the one above
	Below   Cells // cells below the first of a merged range
	Once    Cells // of these, the figures, which are counted once
	Lone    Cells // loaded, and alone in their rows
}

// Tell tells of them.
func (o *Odd) Tell(say func(codes.Text)) {
	o.Lone.TellFew(say, "只有一格有字的行按数据读取，共 %d 行：%s；若是附注，请删去", "%d rows with one filled cell were read as data: %s; remove those that are notes")
	o.Repeats.Tell(say, "“同上”“〃”按上一行的值读取，共 %d 格：%s", "%d cells that repeat the one above were read as it: %s")
	o.Across.Tell(say, "跨列合并的单元格只按首列读取，其右各列为空，共 %d 处：%s", "%d cells are merged across columns, read in the first of them, and blank in the others: %s")
	o.Below.Tell(say, "跨行合并的单元格，其下 %d 格按首行的值读取：%s", "%d cells below the first of a merged range were read as it: %s")
	o.Once.Tell(say, "跨行合并的数值只在首行计一次，其下 %d 格为空：%s", "a figure in a merged range counts once, in its first row; %d cells below are blank: %s")
}
