// Command yanzhen (雁阵) is the data service of a development zone's talent office.
package main

func main() {}
