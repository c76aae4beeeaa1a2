-- SPDX-License-Identifier: BSD-2-Clause
-- Servers that are well but for some of what they are asked: from 12:10 on.
scenario { name = "aim", from = "2026-05-05T12:00Z", to = "+30m" }

local root = zone(".", { servers = { { "198.18.0.1", "fd00:5f::1" } } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local net = zone("net.", {
	parent = root, servers = { "198.18.1.2" },
	delegations = population { count = 100, signed = 0.5, hosters = 1 },
})
local number = 0

local function leaf(label)
	number = number + 1
	return zone(label .. ".de.", {
		parent = de, algorithm = "RSASHA256", ksk = { bits = 2048 }, zsk = { bits = 1024 },
		ttl = { address = 30, dnskey = 60 },
		servers = { ["ns1." .. label .. ".de."] = { "198.18.2." .. number, "fd00:5f::2:" .. number } },
	})
end

local function break_leaf(label, fault, keys)
	at("12:10", leaf(label):fault(fault, keys))
end

break_leaf("type", "rcode", { rcode = "notimp", types = { "DS", "HTTPS" } })
break_leaf("name", "rcode", { rcode = "servfail", names = { "www.name.de.", "*.wild.name.de." } })
break_leaf("tcp", "authority-dark", { over = "tcp" })
break_leaf("udp", "authority-drop", { over = "udp" })
break_leaf("six", "authority-dark", { family = 6 })
break_leaf("large", "rcode", { rcode = "servfail", bigger_than = 500 })
break_leaf("cut", "tc-loop", { bigger_than = 500, over = "udp" })
break_leaf("mtu", "path-mtu", { mtu = 600 })
break_leaf("told", "ede", { code = 22, types = { "A" } })
break_leaf("late", "authority-delay", { by = "700ms", types = { "TXT" } })

-- Two of one kind that mean different queries.
local two = leaf "two"
at("12:10", two:fault("rcode", { rcode = "servfail", types = { "TXT" } }))
at("12:10", two:fault("rcode", { rcode = "notimp", types = { "MX" } }))

-- A link: all that lies below.
at("12:10", net:fault("rcode", { rcode = "refused", types = { "TXT" }, below = true }))

-- A resolver in front of one whose DNSKEY alone cannot be had.
local keys = leaf "keys"
at("12:10", keys:fault("rcode", { rcode = "servfail", types = { "DNSKEY" }, to = "12:20" }))
for label, when in pairs { before = "12:05", meanwhile = "12:15", after = "12:28" } do
	case(label, { zone = keys, name = "www.keys.de.", at = when })
end
