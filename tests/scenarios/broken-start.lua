-- SPDX-License-Identifier: BSD-2-Clause
-- Resolvers that never knew a world that was well: the root's signatures are not valid yet, or the resolvers' own clocks
-- are two weeks behind, or whom they forward to is not there.
local how = param("how", "root")
local off = { behind = "14d", ahead = "30d" }

scenario {
	name = "broken-start", from = "2023-04-01T12:00Z", to = "+10m",
	clock_behind = how == "behind" and off.behind or nil, clock_ahead = how == "ahead" and off.ahead or nil,
}

local root = zone(".", { servers = { "198.18.0.1" } })
local org = zone("org.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local pool = zone("pool.org.", { parent = org, servers = { "198.18.2.1" }, minimal = false })

traffic { text = "broken-start.txt", rate = 0.5, clients = 2, stub = { attempts = 1 } }

if how == "root" then
	at("+0s", root:fault("rrsig-not-yet-all", { to = "+5m" }))
end
mitigation("orphan", {
	about = "forwards to nobody",
	settings = { unbound = "forward-zone:\n    name: \".\"\n    forward-addr: 198.18.9.9\n" },
})
