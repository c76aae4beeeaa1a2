-- SPDX-License-Identifier: BSD-2-Clause
-- The night of .de in 2026 with post-quantum signatures: every proof of the registry weighs what ML-DSA-44's would.
--
-- No validator knows the algorithm, so .de is insecure to all of them and the wrong signatures of that night hurt nobody. But
-- who asks with DO gets them all the same: a referral with its proof has two signatures of 2,420 bytes, the denial of a name
-- four, and no datagram holds either. What is left is the weight: connections, bytes, waiting, and what becomes of a resolver
-- that cannot reach the registry by TCP.
-- `--sweep algorithm=RSASHA256,SIZED-FALCON-512,SIZED-ML-DSA-44,SIZED-SLH-DSA-128S` has one beside the other; under RSASHA256
-- it is the night as it was.

local only = require "lib.inside"

local algorithm = param("algorithm", "SIZED-ML-DSA-44") -- of de.; "ML-DSA-44" is the real one, where OpenSSL has it
local from = param("from", "2026-05-05T17:53Z")
local edns = param("edns_size", 1232) -- the most that a server of de. sends by UDP
local population_size = param("population", 17900000)
local signed = param("signed", 0.04)
local rate = param("rate", 10)

scenario {
	name = "pq-night",
	title = "the night of .de with signatures of post-quantum size",
	teaches = "an algorithm that nobody knows costs nobody his answers, but every proof a TCP connection to the registry",
	sources = {
		"FIPS 204 and 205, and Falcon's specification 1.2: lengths of keys and signatures",
		"scenarios/de-2026.lua: the night itself",
	},
	from = from,
	to = "2026-05-05T21:30Z",
}

local root = zone(".", {
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 2048 },
	ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
	servers = { ["a.root-servers.test."] = { "198.18.0.1", "fd00:5f::1" } },
})

local net = zone("net.", {
	parent = root,
	nsec3 = { optout = true },
	ttl = { delegation = 172800, ds = 86400, dnskey = 86400, nsec3 = 900, negative = 900 },
	servers = { ["a.gtld-servers.net."] = { "198.18.2.1", "fd00:5f::2:1" } },
	delegations = population { count = 1000000, signed = signed, hosters = 100, latency = "20ms" },
})

local de = zone("de.", {
	parent = root,
	algorithm = algorithm,
	zsk = { old = {}, new = { published = "2026-05-02T12:00Z" } },
	signs_with = "old",
	nsec3 = { optout = true },
	ttl = { dnskey = 3600, delegation = 86400, ds = 86400, nsec3 = 7200, negative = 7200 },
	edns_size = edns,
	servers = {
		["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" },
		["f.nic.de."] = { "198.18.1.2", "fd00:5f::1:2" },
	},
	delegations = population { count = population_size, signed = signed, hosters = 200, latency = "20ms" },
})

traffic {
	zone = de,
	outside = { zone = net, share = 0.15 },
	rate = rate,
	names = zipf { exponent = 1.0, count = math.min(math.ceil(50 * rate), population_size) },
	clients = math.ceil(50 * rate),
	nxdomain = 0.03,
	fresh = 0.05,
	stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
}

at("19:19", de:sign { key = "new", mismatched = 2 / 3, always_mismatched = { "apex-nsec3" } })
at("20:00", de:sign { key = "old" })
-- A connection is made, and nothing comes of it. Under an algorithm that datagrams hold nobody would see it.
local is_stand_in = algorithm:find("^SIZED%-") ~= nil
local is_heavy = is_stand_in or algorithm == "ML-DSA-44"
if is_heavy then
	at("20:30", de:fault("authority-dark", { over = "tcp", to = "21:00" }))
end

-- What went between the resolver and the registry's servers.
local function registry(run, a, b)
	local sum = { packets = 0, bytes = 0, tcp = 0, connections = 0 }
	local back = { packets = 0, bytes = 0, tcp = 0 }
	for _, server in ipairs { "a.nic.de", "f.nic.de" } do
		local there, here = run:link("resolver", server, a, b), run:link(server, "resolver", a, b)
		for key in pairs(sum) do
			sum[key] = sum[key] + there[key]
		end
		for key in pairs(back) do
			back[key] = back[key] + here[key]
		end
	end
	return sum, back
end

-- The mean of what clients waited for names that nobody had asked for, in seconds; nil: none was answered.
local function waited(run, a, b)
	local answered, mean = pcall(run.metric, run, "answer_seconds_mean.fresh-unsigned", a, b)
	if not answered then
		return nil
	end
	local count = run:metric("answers.fresh-unsigned", a, b)
	local sum, n = 0, 0
	for i, value in ipairs(mean.value) do
		sum, n = sum + value * count.value[i], n + count.value[i]
	end
	return sum / n
end

-- Of the names that nobody had asked for those that could not be looked up.
local function failed(run, a, b)
	local names = run:count("names", a, b, { class = "fresh-unsigned" })
	if names == 0 then
		error("no names that nobody asked for between " .. a .. " and " .. b)
	end
	return run:count("failed_names", a, b, { class = "fresh-unsigned" }) / names
end

local LINE = "%-26s %8s %8s %8s %9s %9s %12s"

report(function(run)
	print(LINE:format(algorithm, "UDP/s", "TCP/s", "conn./s", "bytes/s", "waiting", "names fail"))
	for _, phase in ipairs {
		{ "nothing is wrong", "19:00", "19:19", 19 },
		{ "the signatures are wrong", "19:30", "20:00", 30 },
		{ is_heavy and "no TCP to the registry" or "the signatures are right", "20:30", "21:00", 30 },
		{ "afterwards", "21:10", "21:30", 20 },
	} do
		local name, a, b, seconds = phase[1], phase[2], phase[3], 60 * phase[4]
		local there, back = registry(run, a, b)
		local wait = waited(run, a, b)
		print(LINE:format(name, ("%.2f"):format((there.packets - there.tcp) / seconds), ("%.2f"):format(there.tcp / seconds),
			("%.2f"):format(there.connections / seconds), ("%.0f"):format(back.bytes / seconds),
			wait and ("%.0f ms"):format(1000 * wait) or "-", ("%.1f %%"):format(100 * failed(run, a, b))))
	end
end)

if is_heavy then
	-- A datagram holds a signed delegation of Falcon's, which has one signature, and no proof.
	local least = algorithm == "SIZED-FALCON-512" and 0.5 or 0.9

	only.expect("what is asked of the registry is asked by TCP, too", "19:00", "19:19", function(run, a, b)
		local there = registry(run, a, b)
		local share = there.tcp / (there.packets - there.tcp)
		return share > least, ("%.1f %%"):format(100 * share)
	end)

	only.expect("no new name is looked up without TCP", "20:30", "21:00", function(run, a, b)
		return failed(run, a, b) > 0.95
	end)
end

if is_stand_in then
	only.expect("nobody fails of an algorithm that nobody knows, nor of wrong signatures", "18:00", "20:29", function(run, a, b)
		return run:share("servfail", a, b) + run:share("timeout", a, b) < 0.001
	end)

	only.expect("no name below .de is secure", "18:00", "20:29", function(run, a, b)
		return run:count("ad", a, b, { class = "fresh-signed" }) == 0
	end)
end

only.expect("it is over when TCP goes through again", "21:10", "21:30", function(run, a, b)
	return run:share("servfail", a, b) + run:share("timeout", a, b) < 0.01
end)

-- Connections for each question by TCP: what Debian 12's make of it.
local function connects(resolver, versions, text, least, most)
	if is_heavy then
		only.knows(resolver, versions, text, "19:00", "19:19", function(run, a, b)
			local there = registry(run, a, b)
			local share = there.connections / there.tcp
			return share >= least and share <= most, ("%.2f connections a question"):format(share)
		end, { because = "seen in Debian 12's" })
	end
end

connects("bind", "< 9.19", "each question by TCP has a connection of its own", 0.95, 1)
connects("unbound", "< 1.18", "questions by TCP share connections", 0, 0.1)
connects("knot", "< 5.7", "questions by TCP share connections", 0, 0.2)
connects("powerdns", "< 4.9", "questions by TCP share connections", 0, 0.1)
