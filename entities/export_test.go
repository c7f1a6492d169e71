package entities

// Match is match, for tests.
var Match = match

// Tables are the tables of the catalogue, each sorted by ID.
var Tables = [][]Row{site, compatibleSite, statistics, loadpoint, compatibleLoadpoint, advice(Loadpoint, "charge"), vehicle, pv, battery, aux, ext, consumer, circuit}

// Private is private, for tests.
var Private = private
