// Command standin does what a test of the package adapter needs of a program: it prints its
// setting, then waits for SIGTERM and ends with the exit code that the setting says.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	code, err := strconv.Atoi(os.Getenv("EVCC_DISCOVERY_CODE"))
	if err != nil {
		fmt.Println("no such setting:", err)
		os.Exit(2)
	}
	fmt.Println("code", code, "arguments", os.Args[1:], os.Getenv("STANDIN_SECRET"))
	<-term
	os.Exit(code)
}
