-- SPDX-License-Identifier: BSD-2-Clause
-- Knot Resolver (CZ.NIC), 5.x: one kresd.

local function socket(subject)
	return subject.folder .. "/control.socket"
end

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function listen(subject)
	local list = {}
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		if address then
			list[#list + 1] = ("net.listen('%s', 53, { kind = 'dns' })"):format(address)
		end
	end
	list[#list + 1] = "net.ipv4 = " .. tostring(subject.address4 ~= nil)
	list[#list + 1] = "net.ipv6 = " .. tostring(subject.address6 ~= nil)
	return lines(list)
end

-- The addresses of a hints file, by name, in the order of the file.
local function hints(subject)
	local names, addresses = {}, {}
	for name, address in subject.root_hints:gmatch("(%S+) %d+ A+ (%S+)\n") do
		if not addresses[name] then
			names[#names + 1] = name
			addresses[name] = {}
		end
		table.insert(addresses[name], "'" .. address .. "'")
	end
	local list = { "modules.load('hints > iterate')", "hints.root({" }
	for _, name in ipairs(names) do
		list[#list + 1] = ("    ['%s'] = { %s },"):format(name, table.concat(addresses[name], ", "))
	end
	list[#list + 1] = "})"
	return lines(list)
end

-- A key that it only reads, without RFC 5011.
local ADD_ANCHOR = "trust_anchors.add_file('root.key', true)"

local function validation(subject)
	local validates = subject.root_key ~= "" and subject.mitigation ~= "no-validation"
	return lines { "trust_anchors.remove('.')", validates and ADD_ANCHOR or nil }
end

-- The module keeps expired records for a day and gives them out with a TTL of 1 second. At a timeout of 0 it would never
-- look for fresh ones, so "stale first" is not offered.
local SERVE_STALE = lines { "modules.load('serve_stale < cache')", "serve_stale.timeout = 1800 -- milliseconds" }

-- Records are fetched anew in their last hundredth and 5 seconds; what it would learn of the hours of a day is left out.
local PREFETCH = lines { "modules.load('predict')", "predict.config({ period = 0 })" }

-- What a mitigation changes. As it comes it keeps nothing longer than a day; a TTL has at most 31 bits (RFC 2181, section 8).
local MITIGATIONS = {
	["serve-stale"] = SERVE_STALE,
	["prefetch"] = PREFETCH,
	["long-ttls"] = "cache.max_ttl(2147483647)\n",
}

-- What asks the root for more than clients do, or watches over the machine's clock, stays out. A cache that is full kresd
-- empties altogether (a collector beside it would see to that); a night at 100 questions a second leaves 300 MB.
local function configuration(subject)
	return lines {
		"modules.unload('ta_update')",
		"modules.unload('ta_signal_query')",
		"modules.unload('priming')",
		"modules.unload('detect_time_skew')",
		"modules.unload('detect_time_jump')",
		"modules.load('stats')",
		"modules.load('bogus_log')",
		"cache.size = 400 * MB",
	} .. listen(subject) .. hints(subject) .. validation(subject) .. (MITIGATIONS[subject.mitigation] or "") .. lines {
		"net.listen('" .. socket(subject) .. "', nil, { kind = 'control' })",
	} .. subject.settings
end

-- Sends a line of Lua, says what came back, and fails unless that has the word `done`. kresd's own client is for people
-- at a terminal; Perl is part of every Debian.
local CLIENT = [[
my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\n";
print $socket "$ARGV[1]\n";
shutdown($socket, 1);
my $answer = join("", <$socket>);
print $answer;
exit($answer =~ /\bdone\b/ ? 0 : 1);
]]

local function control(subject, code)
	return { "/usr/bin/perl", "-MIO::Socket::UNIX", "-e", CLIENT, socket(subject), code }
end

local function call(subject, code)
	return control(subject, ("(function(ok, why) return ok and 'done' or why end)(pcall(function() %s end))"):format(code))
end

return {
	name = "knot",
	title = "Knot Resolver",
	program = "kresd",
	package = "knot-resolver",
	version = { arguments = { "--version" }, pattern = "version (%d[%w.]*)" },

	configuration = "kresd.conf",
	files = function(subject)
		return {
			["kresd.conf"] = configuration(subject),
			["root.key"] = subject.root_key .. "\n",
		}
	end,
	start = function(subject)
		return { subject.program, "-n", "-c", "kresd.conf", "." }
	end,

	operations = {
		["nta"] = function(subject, zone)
			return { call(subject, ("trust_anchors.set_insecure({ '%s' })"):format(zone)) }
		end,
		["nta-remove"] = function(subject, zone)
			local others = "local list = {} for _, n in ipairs(trust_anchors.insecure) do "
				.. "if n ~= '%s' then table.insert(list, n) end end trust_anchors.set_insecure(list)"
			return { call(subject, others:format(zone)) }
		end,
		["flush"] = function(subject, zone)
			return { call(subject, ("cache.clear('%s')"):format(zone)) }
		end,
		["flush-all"] = function(subject)
			return { call(subject, "cache.clear()") }
		end,
		["validation-off"] = function(subject)
			return { call(subject, "trust_anchors.remove('.')") }
		end,
		["validation-on"] = function(subject)
			return { call(subject, ADD_ANCHOR) }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "tojson({ stats = stats.list(), worker = worker.stats(), cache = cache.stats(), done = 1 })")
		end,
		-- { "stats": { "answer.total": 3, … }, "worker": { … }, … }
		read = function(text)
			local counters = {}
			for group, list in text:gmatch('"(%l+)":(%b{})') do
				local prefix = group == "stats" and "" or group .. "."
				for name, value in list:gmatch('"([^"]+)":(-?[%d.eE+-]+)') do
					counters[prefix .. name] = tonumber(value)
				end
			end
			counters["request-list"] = counters["worker.concurrent"]
			return counters
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when no server can be reached (RFC 8767)" },
		["prefetch"] = { about = "asks anew when a hundredth of a record's time and 5 seconds are left" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
	},
}
