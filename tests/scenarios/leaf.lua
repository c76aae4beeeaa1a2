-- SPDX-License-Identifier: BSD-2-Clause
-- A leaf that nobody asks for but for names that are not there: with NSEC and NSEC3, and with nothing but its apex.
local denial = param("denial", "nsec3")
local bare = param("bare", false)

scenario { name = "leaf", from = "2023-11-29T12:00Z", to = "+10m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local ch = zone("ch.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local corg = zone("corg.ch.", { parent = ch, bare = bare, denial = denial, servers = { ["ns.corg.ch."] = "198.18.2.1" } })

traffic { zone = corg, rate = 5, clients = 5, nxdomain = 1 }

expect("all of them are denied", function(run)
	return run:share("nxdomain", "+0s", "+10m") == 1 and run:share("ad", "+0s", "+10m") == 1
end)
