-- SPDX-License-Identifier: BSD-2-Clause
-- A capture as long as it is asked for, in a world that has its names: what tests/bench/trace writes.
local file = param("file", "/dev/null")
local seconds = param("seconds", 60)

scenario { name = "queries", title = "A long capture, nothing broken", from = "2026-05-05T12:00Z", to = "+" .. math.ceil(seconds) .. "s" }

local root = zone(".", { servers = { "198.18.0.1" } })
zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true }, delegations = population { count = 20000, signed = 0.04, hosters = 200 } })

traffic { pcap = file }
