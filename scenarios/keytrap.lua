-- KeyTrap, CVE-2023-50387: a zone with many keys of one tag, and many signatures that none of them made, so that every key
-- is to be tried with every signature. Resolvers have caps since: Unbound 4 keys of a tag for a DS and 8 signatures for an
-- RRset, Knot Resolver 32 operations for a question.
--
-- Computing takes no virtual time, so this shows what the caps let through (an answer or not, and how many packets), not
-- what others wait for meanwhile.

local outage = require "lib.outage"

outage.story {
	name = "keytrap",
	title = "KeyTrap, 2023: keys of one tag times signatures that none of them made",
	teaches = "caps turn the attack into a failure of the attacker's own zone; everybody else is to be answered as before",
	sources = { "CVE-2023-50387", "release notes of Unbound 1.19.1 and Knot Resolver 5.7.1" },
	from = "2024-02-16T12:00Z",
	to = "2024-02-16T12:30Z",
}

local keys = param("keys", 16)
local sigs = param("sigs", 16)

local root = outage.root()
local com = outage.beside("com.", root)
local trap = outage.company("trap.com.", com, {
	algorithm = "ED25519", -- keys of it can be made to one tag, those of ECDSA cannot
	denial = "nsec",
	ttl = { delegation = 3600, ds = 300, dnskey = 60, nsec = 60, negative = 60, address = 60 },
	server_count = 2,
})
traffic {
	zone = trap,
	outside = { zone = com, share = 0.9 },
	rate = param("rate", 2),
	clients = param("clients", 100),
	names = zipf { exponent = 1.0, count = 200 },
	fresh = 0.05,
	stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
}

outage.at("12:10", trap:fault("keytrap", { keys = keys, sigs = sigs, to = "12:20" }))

outage.well_before("12:02", "12:10")
outage.expect("no name of that zone is validated", "12:12", "12:20", function(run, a, b)
	return run:share("ad", a, b, { class = "fresh-signed" }) == 0
end)
outage.expect("names outside are answered", "12:10", "12:20", function(run, a, b)
	return run:share("noerror", a, b, { class = "outside" }) > 0.98
end)
outage.well_after("12:25", "12:29")
