// Package plan knows the charging plans of one site: of each vehicle and each loadpoint the plan that evcc has, or else the
// one that is being made here.
//
// A draft is what turning on applies. It follows evcc's plan while there is one, whoever made it, stays when that is deleted
// or over, and lives in the registry, so that it outlives restarts of everything. Its time is past only when somebody has set
// it so, who will set the rest of it next: a time that has come moves on to the next day, because most plans are for every
// morning.
//
// evcc leaves the time and the target of a vehicle's deleted plan on the broker; live, the empty parent tells. Who has only
// what is retained decides by what the vehicle's loadpoint follows, and by what was known to be deleted before.
//
// evcc takes a plan as a whole. So the machine also composes what evcc gets of commands for one of its parts, and keeps for
// itself what is for a draft.
package plan
