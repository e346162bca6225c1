package render

// Room is for how many runtimes there is room.
func (d *Drawer) Room() int { return len(d.room) }
