-- SPDX-License-Identifier: BSD-2-Clause
-- NSEC3's closest encloser proof, CVE-2023-50868: to see that a name does not exist a validator hashes it and every name between
-- it and the zone, each as many times as the zone says. Here the names have 100 labels below a zone whose iterations go up in
-- steps. Resolvers have caps since on how often they hash for a question; and RFC 9276 lets them call a zone insecure, or bogus,
-- whose iterations are too many.
--
-- In each step an attacker asks for names that do not exist, about one a second, and others for names outside. Before the attack
-- those names have one label. Computing takes time, as with --charge-cpu.

local outage = require "lib.outage"
local cost = require "lib.cost"

local steps = cost.steps(param("iterations", "0,50,100,150,500,2500"))

outage.story {
	name = "nsec3-cost",
	title = "NSEC3 hashing, 2023: deep names that do not exist, and more and more iterations",
	teaches = "labels times iterations is what a proof costs; caps on both make the attacker wait, and not the others",
	sources = { "CVE-2023-50868", "RFC 9276, section 3.2" },
	from = "2024-02-16T12:00Z",
	to = cost.over(steps),
	charge_cpu = 1,
}

local root = outage.root()
local com = outage.beside("com.", root)
local deep = zone("deep.com.", {
	parent = com,
	version_every = "1h",
	nsec3 = { iterations = 0 },
	ttl = { delegation = 3600, ds = 60, dnskey = 60, nsec3 = 60, negative = 60 },
	servers = outage.servers(2, 3),
	delegations = population { count = 1000, hosters = 2 },
})
cost.users(deep, com, function(share, begins)
	return { nxdomain = { share = share, labels = param("labels", 100), from = begins } }
end)

cost.climb(steps, function(step, over)
	return deep:fault("nsec3-iter", { iterations = step[1], to = over })
end)

mitigation("no-caps", {
	about = "Unbound takes any number of iterations; PowerDNS has no caps, and asks for the whole name at once",
	settings = {
		unbound = 'server:\n    val-nsec3-keysize-iterations: "1024 2500 2048 2500 4096 2500"\n',
		powerdns = "nsec3-max-iterations=2500\nmax-nsec3-hash-computations-per-query=1000000\n"
			.. "max-nsec3s-per-record=10000\nqname-minimization=no\n",
	},
})

cost.report(steps, { class = "nxdomain", zone = "deep.com.", head = "iterations" })
cost.expect_others_answered(steps)
local many = {}
for _, step in ipairs(steps) do
	many[#many + 1] = step[1] > 150 and step.to - step.from > 70 and step or nil
end
for _, name in ipairs(#many > 0 and { "unbound", "bind", "knot", "powerdns" } or {}) do
	knows(name, "any", "more than 150 iterations are not validated", function(run)
		local validated = 0
		for _, step in ipairs(many) do
			validated = validated + run:count("ad", step.from + 60, step.to - 10, { class = "nxdomain" })
		end
		return validated == 0
	end, { because = "RFC 9276, section 3.2: an answer with more may be called insecure, or bogus", mitigation = "none" })
end
