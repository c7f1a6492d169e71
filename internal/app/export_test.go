package app

// RunEvccOn is RunEvcc with a broker that need not be reached over a socket.
var RunEvccOn = runEvcc
