-- SPDX-License-Identifier: BSD-2-Clause
-- Knot Resolver (CZ.NIC): one kresd. That of 5.x is configured by Lua. The one of 6.x gets what `kresctl convert` makes of a
-- configuration in YAML, as the manager does it; the manager itself, a supervisor in Python whose workers are its
-- grandchildren, is left out, since only the program that was started lives on the clock. So are its HTTP API and the
-- collector of old records; its commands go to the worker's control socket, as the manager's do.

-- The first whose YAML has these keys is 6.0.17. Builds between releases, which tell no version, count as new ones.
local function is_old(subject)
	return subject.version:match("^[1-5]%.") ~= nil
end

local function socket(subject)
	return subject.folder .. (is_old(subject) and "/control.socket" or "/control/kresd")
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

-- What a mitigation is in 6.x: a line of a section, or of the worker's Lua. How long serve-stale tries before is not in YAML.
local YAML = {
	["serve-stale"] = { options = "  serve-stale: true", lua = "serve_stale.timeout = 1800 -- milliseconds" },
	["prefetch"] = { cache = "  prefetch: { expiring: true }" },
	["long-ttls"] = { cache = "  ttl-max: 2147483647s" },
}

-- Settings of a scenario are Lua, for the worker, or YAML, for the converter.
local function is_yaml(text)
	return ("\n" .. text):match("\n[%l-]+:%s") ~= nil
end

local function indent(text)
	return (text:gsub("([^\n]+)", "    %1"))
end

local function listen_yaml(subject)
	local list = {}
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		if address then
			list[#list + 1] = ("    - interface: '%s@53'"):format(address)
		end
	end
	return lines(list)
end

local function validation_yaml(subject)
	if subject.root_key == "" or subject.mitigation == "no-validation" then
		return lines { "dnssec: { enable: false }" }
	end
	return lines {
		"dnssec:",
		"  log-bogus: true",
		"  signal-query: false",
		"  trust-anchors-files: [ { file: root.key, read-only: true } ]",
	}
end

local function worker_lua(subject, change)
	return lines {
		"modules.unload('ta_update')",
		"modules.unload('detect_time_skew')",
		change.lua,
	} .. hints(subject) .. (is_yaml(subject.settings) and "" or subject.settings)
end

-- What is left out is left out as in 5.x. Deferring would be by CPU time, which is the machine's.
local function yaml(subject)
	local change = YAML[subject.mitigation] or {}
	return lines {
		"workers: 1",
		"rundir: " .. subject.folder,
		"logging: { level: info, target: stderr }",
		"monitoring: { metrics: always }",
		"defer: { enable: false }",
		"cache:",
		"  storage: " .. subject.folder,
		"  size-max: 400M",
		change.cache,
	} .. lines {
		"options:",
		"  priming: false",
		"  time-jump-detection: false",
		change.options,
	} .. validation_yaml(subject) .. lines {
		"network:",
		"  do-ipv4: " .. tostring(subject.address4 ~= nil),
		"  do-ipv6: " .. tostring(subject.address6 ~= nil),
		"  listen:",
	} .. listen_yaml(subject) .. lines {
		"lua:",
		"  script: |",
	} .. indent(worker_lua(subject, change))
end

local function files(subject)
	local list = { ["root.key"] = subject.root_key .. "\n" }
	if is_old(subject) then
		list["kresd.conf"] = configuration(subject)
		return list
	end
	list["kresd.conf"] = yaml(subject)
	if is_yaml(subject.settings) then
		list["settings.yaml"] = subject.settings
	end
	return list
end

-- $0 is kresctl, $1 kresd. The rules are loaded by a process of their own, which ends when it has.
local START = [[
mkdir control && export SYSTEMD_INSTANCE=kresd &&
for type in policy-loader worker; do "$0" convert --type $type -o $type.lua $2 || exit; done &&
"$1" -n -c policy-loader.lua . && exec "$1" -n -c worker.lua .
]]

local function start(subject)
	if is_old(subject) then
		return { subject.program, "-n", "-c", "kresd.conf", "." }
	end
	local sources = is_yaml(subject.settings) and "kresd.conf settings.yaml" or "kresd.conf"
	return { "/bin/sh", "-c", (START:gsub("%$2", sources)), subject.control, subject.program }
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
	control = "kresctl", -- of 6.x
	package = "knot-resolver|knot-resolver6",
	version = { arguments = { "--version" }, pattern = "version (%d[%w.]*)" },

	configuration = "kresd.conf",
	files = files,
	start = start,

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
