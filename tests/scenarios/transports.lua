-- SPDX-License-Identifier: BSD-2-Clause
-- Users by each transport, before, during and after a bad signing, and a time in which no authority answers.
local by = param("by", "all")
local round_trip = param("round-trip", "20ms")
local clients = param("clients", 40)
local rate = param("rate", 8)
local idle = param("idle", "20s")
local in_flight = param("in-flight", 100)
local dark = param("dark", false)

local shares = by == "all" and { udp = 0.25, tcp = 0.25, dot = 0.25, doh = 0.25 } or { [by] = 1 }

scenario { name = "transports", from = "2026-05-05T12:00Z", to = "+5m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root, servers = { "198.18.1.1", "198.18.1.2" }, zsk = { old = {}, new = { published = "2026-05-02" } },
	signs_with = "old", ttl = { delegation = 30, ds = 30, dnskey = 30, nsec = 30 },
	delegations = population { count = 200, signed = 1, ttl = { [30] = 1 } },
})

traffic {
	zone = de, rate = rate, clients = clients, edns = true,
	stub = { transport = shares, round_trip = round_trip, idle = by ~= "udp" and idle or nil,
		in_flight = by ~= "udp" and in_flight or nil },
}

at("+1m", de:sign { key = "new", mismatched = 1 })
at("+2m", de:sign { key = "old" })
if dark then at("+3m", de:fault("authority-dark", { below = true, to = "+4m" })) end
