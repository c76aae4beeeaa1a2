-- SPDX-License-Identifier: BSD-2-Clause
-- Eight cases whose outcome every validator has in common, for tests.

scenario { name = "cases", from = "2026-05-05T12:00Z", to = "+1d" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local tld = zone("ede.", { parent = root, algorithm = "RSASHA256", nsec3 = {}, servers = { "198.18.0.2" } })

local count = 0

local function leaf(name, signed)
	count = count + 1
	return zone(name .. ".ede.", {
		parent = tld,
		signed = signed,
		servers = { ["ns1." .. name .. ".ede."] = "198.18.1." .. count },
	})
end

local bogus, dark, expired, turn = leaf "bogus", leaf "dark", leaf "expired", leaf "turn"

at("+0s", bogus:fault "rrsig-corrupt")
at("+0s", dark:fault "authority-dark")
at("+0s", expired:fault "rrsig-exp-all")
at("+12h", turn:fault "no-dnskey")

case("healthy", { zone = leaf "healthy" })
case("not-there", { zone = leaf "other", below = true })
case("unsigned", { zone = leaf("plain", false) })
case("bogus", { zone = bogus })
case("dark", { zone = dark })
case("late", { zone = turn, at = "+13h" })
case("early", { zone = turn, at = "+1h", name = "ns1.turn.ede." })
case("expired", { zone = expired })
