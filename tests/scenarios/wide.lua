-- SPDX-License-Identifier: BSD-2-Clause
-- Rightly signed proofs that cover too much: resolvers that make answers of what they have in their cache (RFC 8198)
-- deny names that are there.
local fault = param("fault", "nsec-too-wide")
local denial = fault:match("^nsec3?")

scenario { name = "wide", from = "2026-05-05T12:00Z", to = "+30m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local s = zone("s.de.", {
	parent = de, denial = denial, servers = { ["ns.s.de."] = "198.18.2.1" },
	hosts = population { count = 100, types = { "A" }, ttl = { [60] = 1 } },
})

traffic { zone = s, rate = 1, clients = 10, nxdomain = 0.2, aaaa = 0.2, stub = { attempts = 1 } }

at("+10m", s:fault(fault))

expect("names that are there are there before", function(run)
	return run:count("nxdomain", "+0s", "+10m", { class = "signed" }) == 0
end)
