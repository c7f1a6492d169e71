package translations

// Merge is merge, for tests.
var Merge = merge[string]
