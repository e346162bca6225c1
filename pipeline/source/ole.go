package source

import "yanzhen/pipeline/dataset"

func (f *File) openOLE(size int64, o Options) error {
	return refuse("xls", dataset.Text{Zh: "旧版 .xls 尚不能读取", En: "xls cannot be read yet"}, saveAs)
}
