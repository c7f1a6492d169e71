package web

// ServeOn is Serve on a listener that need not be a socket.
var ServeOn = serve
