-- SPDX-License-Identifier: BSD-2-Clause
-- What is recorded of a world of known delegations.
local text = param("text", "rec.txt")
scenario { name = "recorded", from = "2026-05-05T12:00Z", to = "+10m" }
local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true },
	delegations = population { count = 100, signed = 0.5, hosters = 3, lame = 0.1 } })
traffic { text = text, rate = 2, clients = 1, dnssec_ok = true }
