-- SPDX-License-Identifier: BSD-2-Clause
-- A zone as it stands in a master file, which is signed anew.
local denial = param("denial", "nsec3")

scenario { name = "file", from = "2026-05-05T12:00Z", to = "+5m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local com = zone("com.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local example = zone("example.com.", {
	parent = com, servers = { ["ns1.example.com."] = "198.18.2.1" }, denial = denial, file = "zones/example.com.zone",
})

traffic { text = "file.txt", rate = 1, clients = 2, dnssec_ok = true }

expect("nothing fails", function(run)
	return run:count("servfail", "+0s", "+5m") + run:count("timeout", "+0s", "+5m") == 0
end)
