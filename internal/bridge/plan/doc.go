// Package plan follows the charging plans of one site: for each vehicle and each loadpoint the plan that evcc has, or else
// the draft.
//
// The draft is what switching the plan on applies. It follows evcc's plan while there is one, whoever made it, and stays when
// that plan is deleted or over. It lives in the registry, so it survives restarts of everything. A draft whose time passes
// moves on to the next day, because most plans are for every morning; only a time that was past when it was set stays, since
// the date will be set next.
//
// evcc leaves the time and the target of a vehicle's deleted plan on the broker. Live, the emptied parent topic tells that it
// was deleted; from retained topics alone that is decided by which plan the vehicle's loadpoint follows, and by what the
// registry knows to be left over.
//
// evcc takes a plan only as a whole. So this package also composes evcc's payload of a command for one part of a plan, and
// keeps for itself what is for a draft.
package plan
