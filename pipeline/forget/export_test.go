package forget

// Failing ends every deletion where f says so.
func (b Book) Failing(f func(step string) error) Book {
	b.fault = f
	return b
}
