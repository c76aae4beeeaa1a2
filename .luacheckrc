-- SPDX-License-Identifier: BSD-2-Clause
-- luacheck scenarios harness
std = "lua54"
max_line_length = 130
exclude_files = { "scenarios/meta/**" }

files["scenarios"] = {
	read_globals = {
		"param", "scenario", "collect", "zone", "population", "traffic", "zipf", "at", "inside", "mark",
		"mitigation", "monitor", "expect", "report", "resolver", "events_of", "faults", "after_first_failure", "watch",
		"allow", "knows", "case", "catalogue", "fleet", "draw", "clients", "signer",
	},
}
files["harness/subject/mitigations.lua"] = files["scenarios"]
files["rollovers"] = { read_globals = { "param", "rollover", "key" } }
