package small

// Cell keys: each person has a record key, taken from the keyed hash of that person; the cell key of a count is the sum of
// the record keys of the people it counts, modulo Modulus; Table says by how much a count of so many people with that cell
// key is changed. The same people make the same cell key, by whatever door and filters they are counted: the same number is
// always changed in the same way. The method is that of the statistics offices of Australia and the United Kingdom.

// Modulus is how many record keys there are for a k: a multiple of what every probability of the table needs.
func Modulus(k int) int { return 50 * k }

// spread is by how much a count of k+2 people or more is changed, in tenths of all cell keys: it adds up to nothing.
var spread = []struct{ change, tenths int }{{-2, 1}, {-1, 2}, {0, 4}, {1, 2}, {2, 1}}

// Noise is the variance of what a count of k+2 people or more is changed by.
const Noise = 1.2

// Change is by how much a count of n people is changed that has a cell key of 0 to Modulus-1. The mean over all cell keys is
// nothing for every n. 0 stays 0; a count of 1 to k-1 becomes 0 or k, k stays k, k+1 is changed by one at most, any greater
// by two at most: what comes out is never one of 1 to k-1.
func Change(k, n, key int) int {
	m := Modulus(k)
	switch {
	case n <= 0:
		return 0
	case n < k: // k in n of k cases
		if key < m/k*n {
			return k - n
		}
		return -n
	case n == k:
		return 0
	case n == k+1:
		switch tenth := key * 10 / m; {
		case tenth < 3:
			return -1
		case tenth < 7:
			return 0
		}
		return 1
	}
	tenth := key * 10 / m
	for _, s := range spread {
		if tenth -= s.tenths; tenth < 0 {
			return s.change
		}
	}
	return 0
}
