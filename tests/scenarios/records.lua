-- SPDX-License-Identifier: BSD-2-Clause
-- Records that are told: aliases within a zone and across two TLDs, a DNAME, wildcards of other types, services, and
-- types that nobody knows.
local denial = param("denial", "nsec3")

scenario { name = "records", from = "2026-05-05T12:00Z", to = "+30m" }

local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local net = zone("net.", { parent = root, servers = { "198.18.1.2" } })
local x = zone("x.de.", {
	parent = de, bare = true, denial = denial, ttl = { address = 600, negative = 60 },
	servers = { ["ns.x.de."] = "198.18.2.1" },
})
local y = zone("y.net.", { parent = net, denial = denial, servers = { ["ns.y.net."] = "198.18.2.2" } })

for _, text in ipairs {
	"alias.x.de. 300 CNAME target.y.net.",
	"within 300 CNAME here",
	"here 120 A 192.0.2.7",
	"here 120 AAAA 2001:db8::7",
	"@ 3600 MX 10 mail",
	"@ 3600 TXT \"v=spf1 -all\"",
	"@ HTTPS 1 . alpn=h2",
	"@ CDS 12345 13 2 1111111111111111111111111111111111111111111111111111111111111111",
	"@ CDNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
	"_443._tcp.svc.x.de. SRV 1 2 443 here",
	"alt SVCB 0 target.y.net.",
	"deep.empty.nodes A 192.0.2.9",
	"*.wild 60 TXT \"anything\"",
	"*.any 60 CNAME target.y.net.",
	"old 300 DNAME y.net.",
	"near DNAME somewhere",
	"odd TYPE65280 \\# 4 01020304",
	"odd CAA 0 issue \"ca.example.net\"",
	"7 PTR here.x.de.",
	"list A 192.0.2.1",
	"list A 192.0.2.2",
} do
	x:record(text)
end
y:record "target 300 A 192.0.2.80"
y:record "here 300 CNAME within.x.de."
y:record "odd TYPE65280 \\# 4 01020304"
y:record "odd CAA 0 issue \"ca.example.net\""

traffic { text = "records.txt", rate = 1, clients = 3, dnssec_ok = true }
