package entities

// Match is match, for tests.
var Match = match

// Private is private, for tests.
var Private = private
