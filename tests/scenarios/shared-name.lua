-- SPDX-License-Identifier: BSD-2-Clause
-- A server that two zones name, each with another of its addresses: it serves both at both.
scenario { name = "shared-name", from = "2023-11-29T12:00Z", to = "+10m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local ch = zone("ch.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local corg = zone("corg.ch.", { parent = ch, servers = { ["a.nic.ch."] = "198.18.2.1" }, nsec3 = {} })

traffic { zone = corg, rate = 5, clients = 5, nxdomain = 1 }

expect("all names are denied, at whichever address", function(run)
	return run:share("nxdomain", "+0s", "+10m") == 1
end)
