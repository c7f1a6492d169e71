// Package bench holds benchmarks that compare two ways in one run, because figures of different runs compare machines.
//
//	go test ./bench -run XXX -bench . -benchtime 1x
//
// They need Mosquitto and are skipped without it.
package bench
