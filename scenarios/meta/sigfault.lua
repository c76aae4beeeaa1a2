-- SPDX-License-Identifier: BSD-2-Clause
---@meta sigfault
-- The words of the scenario language, for editors. README.md explains them.

---@alias sigfault.time string `"2026-05-05T19:19Z"`, `"19:19"` (the first not before the start) or `"+90s"` after it
---@alias sigfault.instant string|number `"19:31"`, ISO 8601, or seconds since the start
---@alias sigfault.duration string `"250ms"`, `"5s"`, `"10m"`, `"2h"`, `"14d"`
---@alias sigfault.algorithm "RSASHA1"|"RSASHA1-NSEC3-SHA1"|"RSASHA256"|"RSASHA512"|"ECDSAP256SHA256"|"ECDSAP384SHA384"|"ED25519"|"ED448"|"RSAMD5"|"DSA"|"DSA-NSEC3-SHA1"|"ECC-GOST"|"ML-DSA-44"|"SIZED-ML-DSA-44"|"SIZED-FALCON-512"|"SIZED-SLH-DSA-128S"
---@alias sigfault.class "all"|"signed"|"unsigned"|"nxdomain"|"outside"|"fresh-signed"|"fresh-unsigned"|"cd"
---@alias sigfault.column "queries"|"retries"|"noerror"|"nxdomain"|"servfail"|"other"|"timeout"|"fresh"|"cached"|"stale"|"wrong"|"ad"|"names"|"failed_names"|"clients"|"failed_clients"

---@class (exact) sigfault.Scenario
---@field name string
---@field title? string
---@field teaches? string what one learns from it, in one line
---@field sources? string[] where its facts are from
---@field from string ISO 8601, with a date
---@field to sigfault.time
---@field charge_cpu? number virtual seconds for a second of the resolver's CPU time
---@field clock_behind? sigfault.duration what all resolvers' clocks are behind the world's
---@field clock_ahead? sigfault.duration
---@field idle_slack? sigfault.duration so late a resolver's polls may end while it has nothing in work

---@class (exact) sigfault.Collect
---@field bin? sigfault.duration how long a row of the curves is: 60s, and longer in a run of more than 14 days

---@class (exact) sigfault.Key
---@field algorithm? sigfault.algorithm
---@field bits? integer RSA only
---@field tag? integer RSA only: the wanted key tag
---@field published? sigfault.time in the DNSKEY RRset from here
---@field removed? sigfault.time … to here
---@field ds? false|{ from?: sigfault.time, to?: sigfault.time } its DS stands at the parent
---@field signs? false|{ from?: sigfault.time, to?: sigfault.time } it signs the DNSKEY RRset
---@field revoked? sigfault.time its REVOKE bit is set from here (RFC 5011), and it signs the DNSKEY RRset
---@field anchor? boolean of a key of the root: resolvers begin with it as a trust anchor
---@field again? string the key of its role, removed before, that comes back with these times

---@class (exact) sigfault.Nsec3
---@field iterations? integer
---@field salt? string hexadecimal
---@field optout? boolean

---@class (exact) sigfault.Ttls
---@field soa? integer
---@field ns? integer
---@field dnskey? integer
---@field delegation? integer
---@field ds? integer
---@field nsec? integer
---@field nsec3? integer
---@field negative? integer
---@field address? integer

---@class (exact) sigfault.Soa
---@field mname? string
---@field rname? string
---@field refresh? integer
---@field retry? integer
---@field expire? integer

---@class (exact) sigfault.Address
---@field [integer] string one IPv4, one IPv6 address
---@field latency? sigfault.duration
---@field polls? sigfault.duration of a zone with versions: it looks for a new one so often (it is told of each)
---@field lag? sigfault.duration of a zone with versions: it has one so long after that (0s)

---@class (exact) sigfault.ZonePlan
---@field parent? sigfault.Zone every zone but `"."` has one
---@field servers table<string|integer, string|sigfault.Address>
---@field latency? sigfault.duration round trip between a resolver and its servers
---@field signed? boolean
---@field algorithm? sigfault.algorithm
---@field ksk? sigfault.Key|table<string, sigfault.Key>
---@field zsk? sigfault.Key|table<string, sigfault.Key>
---@field csk? sigfault.Key|table<string, sigfault.Key>
---@field signs_with? string the ZSK or CSK that signs at first
---@field denial? "nsec"|"nsec3"
---@field nsec3? sigfault.Nsec3
---@field ttl? sigfault.Ttls
---@field soa? sigfault.Soa
---@field dnskey_signatures? "ksk"|"both"
---@field minimal? boolean false: NS and addresses stand beside positive answers
---@field bare? boolean addresses at the apex, the servers' names, nothing else
---@field validity? sigfault.duration
---@field backdate? sigfault.duration
---@field version_every? sigfault.duration
---@field edns_size? integer
---@field report_channel? string the domain of an agent to whom errors are reported (RFC 9567)
---@field delegations? sigfault.Population
---@field wildcard? { names?: integer, types?: ("A"|"AAAA")[] } names of its own, out of `*`
---@field hosts? sigfault.Population names of its own, each with RRsets
---@field file? string a master file with all its records, which are signed anew; what it delegates are zones of the scenario, or leafs
---@field as_signed? boolean the file is taken as it is signed
---@field versions? string a folder of `sigfault sign`: the zone is what that signer published, version after version
---@field transfer? boolean|sigfault.Transfer who may have all of it (nobody)
---@field keys_of? sigfault.Zone has the same key pairs, instead of its own

---@class (exact) sigfault.Transfer
---@field to? string[] addresses and prefixes (all)
---@field notify? string[] resolvers' addresses, who are told of each new version
---@field key? { name: string, secret: string, algorithm?: "hmac-sha1"|"hmac-sha224"|"hmac-sha256"|"hmac-sha384"|"hmac-sha512" } who asks signs with it (TSIG)

---@class sigfault.Population
---@class sigfault.Zipf
---@class sigfault.Action

---@class (exact) sigfault.PopulationPlan
---@field count integer
---@field signed? number share
---@field algorithm? sigfault.algorithm
---@field ttl? table<integer, number> seconds to share
---@field hosters? integer
---@field hosters_in? table<string, number> apex to share
---@field lame? number share of the delegations whose servers refuse them all the time (0)
---@field dark? number share of the delegations whose servers keep silent all the time (0)
---@field bogus? number share of the signed ones that another key signs than the one they publish (0)
---@field latency? sigfault.duration
---@field types? ("A"|"AAAA"|"MX"|"TXT")[]|table<string, number> of hosts: what each has, or shares

---@class (exact) sigfault.ZipfPlan
---@field exponent? number
---@field count? integer

---@class (exact) sigfault.Outside
---@field zone? sigfault.Zone
---@field share number

---@class (exact) sigfault.Absent
---@field share number
---@field labels? integer below the zone
---@field from? sigfault.time before it one label

---@class (exact) sigfault.Stub
---@field timeout? sigfault.duration
---@field attempts? integer
---@field retry_on? ("servfail"|"timeout"|"refused")[]
---@field pause? sigfault.duration
---@field resolvers? (sigfault.Resolver|string)[] whom clients ask: a failed question goes on to the next
---@field strategy? "in order"|"rotate"|"sticky" which of them is asked first ("in order")
---@field transport? sigfault.Transport by what clients ask: shares of them, in all 1 (UDP)
---@field idle? sigfault.duration for which a connection without questions is kept ("10s")
---@field in_flight? integer questions that are under way on one connection at most (100)
---@field round_trip? sigfault.duration between a client and its resolver ("0s")
---@field loss? number share of datagrams there that are lost, each way (0)
---@field capacity? number bits a second there, each way, for all of the traffic's clients (without end)
---@field mtu? integer bytes with headers: larger datagrams are lost there, and nobody is told
---@field queue? sigfault.duration the longest that a datagram waits for it ("100ms")

---@class (exact) sigfault.Transport
---@field udp? number
---@field tcp? number
---@field dot? number DNS over TLS (RFC 7858)
---@field doh? number DNS over HTTPS (RFC 8484)

---@class (exact) sigfault.Job
---@field from sigfault.time
---@field to sigfault.time
---@field rate number questions a second, each for another name
---@field zone sigfault.Zone right below which the names are, and are not there
---@field type? string "A"
---@field clients? integer how many of the clients ask (all)

---@class (exact) sigfault.Traffic
---@field rate? number|table<sigfault.time, number> first questions a second
---@field zone? sigfault.Zone
---@field names? sigfault.Zipf
---@field outside? number|sigfault.Outside
---@field nxdomain? number|sigfault.Absent
---@field fresh? number
---@field cd? number
---@field aaaa? number
---@field clients? integer
---@field edns? boolean
---@field dnssec_ok? boolean
---@field stub? sigfault.Stub
---@field name? string of one of several, which its questions are booked under
---@field jobs? sigfault.Job[]
---@field pcap? string|string[]
---@field text? string|string[]
---@field speed? number
---@field at? sigfault.time
---@field port? integer|integer[] of a capture's servers
---@field messages? "client"|"resolver" of dnstap: what clients asked, or what a resolver asked itself ("client")
---@field only? { clients?: string, below?: string, from?: string, to?: string } what of a trace is asked
---@field keep? number share of its clients
---@field times? integer each of its clients is so many

---@class (exact) sigfault.Sign
---@field key string
---@field mismatched? number share of the RRsets
---@field always_mismatched? string[] `"apex-nsec3"` or `"NAME TYPE"`
---@field also? string[] names of ZSKs that sign beside it
---@field reaches_servers? sigfault.time|{ from: sigfault.time, to: sigfault.time }

---What a fault may be told; its page (`sigfault faults NAME`) says which of these.
---@class sigfault.Fault
---@field to? sigfault.time it lasts, otherwise
---@field share? number
---@field types? string[]
---@field names? string[]
---@field servers? string[]
---@field iterations? integer
---@field bytes? integer
---@field tag? "same"|"other"
---@field algorithm? string
---@field keys? integer
---@field sigs? integer
---@field with? sigfault.Zone
---@field age? sigfault.duration
---@field by? sigfault.duration
---@field jitter? sigfault.duration
---@field pps? integer
---@field rcode? string
---@field code? integer
---@field over? "both"|"udp"|"tcp" of faults on the wire: how the query comes
---@field bigger_than? integer … bytes of the answer: larger ones alone
---@field family? 4|6 … of the server's address
---@field below? boolean … the servers of all zones below it too
---@field mtu? integer
---@field answers? "plain"|"formerr"

---@class sigfault.Zone
local Zone = {}

---Something of the catalogue is wrong with the zone: `sigfault faults` lists it.
---@param name string
---@param plan? sigfault.Fault
---@return sigfault.Action
function Zone:fault(name, plan) end

---A record of its own, in presentation form: `x:record "www 300 A 192.0.2.1"`.
---@param text string
function Zone:record(text) end

---Signs the zone anew.
---@param plan sigfault.Sign
---@return sigfault.Action
function Zone:sign(plan) end

---Publishes the zone without signatures, until it is signed again.
---@return sigfault.Action
function Zone:unsign() end

---@param name string
---@return sigfault.Server
function Zone:server(name) end

---@class sigfault.Server
local Server = {}

---It keeps silent.
---@param plan? { to?: sigfault.time, types?: string[], names?: string[], over?: "both"|"udp"|"tcp", bigger_than?: integer, family?: 4|6 }
---@return sigfault.Action
function Server:dark(plan) end

---It loses a share of the queries.
---@param plan { share: number, to?: sigfault.time, types?: string[], names?: string[], over?: "both"|"udp"|"tcp", bigger_than?: integer, family?: 4|6 }
---@return sigfault.Action
function Server:drop(plan) end

---It answers late.
---@param plan { by: sigfault.duration, jitter?: sigfault.duration, to?: sigfault.time, types?: string[], names?: string[], over?: "both"|"udp"|"tcp", bigger_than?: integer, family?: 4|6 }
---@return sigfault.Action
function Server:delay(plan) end

---@class sigfault.Resolver
---@overload fun(name: string, plan: sigfault.Role): sigfault.Resolver
resolver = {}

---Sets a negative trust anchor.
---@param zone string
---@return sigfault.Action
function resolver:nta(zone) end

---@param zone string
---@return sigfault.Action
function resolver:nta_remove(zone) end

---Empties the cache at and below a zone.
---@param zone string
---@return sigfault.Action
function resolver:flush(zone) end

---@return sigfault.Action
function resolver:flush_all() end

---@return sigfault.Action
function resolver:reload() end

---Its process ends and another one begins: what it had in memory is gone.
---@return sigfault.Action
function resolver:restart() end

---@return sigfault.Action
function resolver:validation_off() end

---@return sigfault.Action
function resolver:validation_on() end

---Asks for signed names below a zone that nobody asked for before: in the function of a watch.
---@param zone string
---@param plan? { names?: integer }
---@return sigfault.Action
function resolver:probe(zone, plan) end

---@class (exact) sigfault.Move
---@field from sigfault.Resolver|string whose clients
---@field to sigfault.Resolver|string come here instead
---@field share? number of those who come to `from` then (1)
---@field back? sigfault.time when they are routed to `from` again

---@class sigfault.Clients
clients = {}

---Clients are routed to another site.
---@param plan sigfault.Move
---@return sigfault.Action
function clients:move(plan) end

---@class sigfault.Filter
---@field class? sigfault.class|string or the name of a traffic

---@class sigfault.Curve
---@field t integer[] seconds since the start
---@field value number[]

---The record of a cell, after the run.
---@class sigfault.Run
---@field mitigation string
---@field resolver string
---@field version string
---@field clock string
---@field seed integer
local Run = {}

---The column's sum by the sum of queries.
---@param column sigfault.column
---@param from sigfault.instant
---@param to sigfault.instant
---@param filter? sigfault.Filter
---@return number
function Run:share(column, from, to, filter) end

---The column's sum.
---@param column sigfault.column
---@param from sigfault.instant
---@param to sigfault.instant
---@param filter? sigfault.Filter
---@return integer
function Run:count(column, from, to, filter) end

---@param column sigfault.column
---@param filter? sigfault.Filter
---@return sigfault.Curve
function Run:curve(column, filter) end

---@param name string
---@param from? sigfault.instant
---@param to? sigfault.instant
---@return sigfault.Curve
function Run:metric(name, from, to) end

---Extended DNS errors: code to count.
---@param from? sigfault.instant
---@param to? sigfault.instant
---@param filter? { rcode?: string, traffic?: string } `"SERVFAIL"`
---@return table<integer, integer>
function Run:ede(from, to, filter) end

---@param from? sigfault.instant
---@param to? sigfault.instant
---@param filter? { zone?: string }
---@return integer queries
---@return integer answers
---@return integer dropped
function Run:upstream(from, to, filter) end

---@class sigfault.Asked
---@field queries integer
---@field questions integer
---@field noerror integer
---@field nxdomain integer
---@field servfail integer
---@field other integer
---@field timeout integer
---@field went_on integer after which another resolver was asked
---@field recovered integer good answers to questions that came from another one
---@field lost integer

---What clients asked a resolver, and what came of it there.
---@param resolver string its name or its role's
---@param from? sigfault.instant
---@param to? sigfault.instant
---@param filter? { traffic?: string }
---@return sigfault.Asked
function Run:asked(resolver, from, to, filter) end

---@class sigfault.Link
---@field packets integer
---@field bytes integer of IP
---@field dropped integer

---What one host sent another.
---@param from_host string a resolver's name or its role's, a server's, or `"clients"`
---@param to_host string
---@param from? sigfault.instant
---@param to? sigfault.instant
---@return sigfault.Link
function Run:link(from_host, to_host, from, to) end

---How many reports of errors reached agents of zones.
---@param from? sigfault.instant
---@param to? sigfault.instant
---@param filter? { resolver?: string }
---@return integer
function Run:reports(from, to, filter) end

---@class sigfault.MonitorSum
---@field runs integer
---@field alarms integer
---@field false_alarms integer while no fault was on, but for an alarm that stood since one was
---@field failed integer runs that said nothing
---@field first? number seconds from the start to the first alarm
---@field first_alarm? number seconds from the fault's first moment to the first alarm while one was on
---@field alarm_over? number seconds from the fault's last moment to the first run without alarm

---What a monitor said.
---@param name string
---@return sigfault.MonitorSum
function Run:monitor(name) end

---What a user may turn with `--set KEY=VALUE`.
---@generic T: number|string|boolean
---@param key string
---@param default T
---@return T
function param(key, default) end

---@param plan sigfault.Scenario
function scenario(plan) end

---@param plan sigfault.Collect
function collect(plan) end

---Whether an instant lies between the scenario's `from` and `to`.
---@param time sigfault.time
---@return boolean
function inside(time) end

---@param name string
---@param plan sigfault.ZonePlan
---@return sigfault.Zone
function zone(name, plan) end

---@param plan sigfault.PopulationPlan
---@return sigfault.Population
function population(plan) end

---@param plan sigfault.ZipfPlan
---@return sigfault.Zipf
function zipf(plan) end

---@class (exact) sigfault.Cap
---@field pps integer questions that come through in a second of the date
---@field per? "client"|"all" whose they are ("client")

---@class (exact) sigfault.Role
---@field count? integer (1)
---@field driver? string a resolver as -r has it; otherwise what -r says
---@field mitigation? string where it is not under test ("none")
---@field forward? table<string, sigfault.Resolver|string> a zone, and the resolvers that are asked for what is in it
---@field asked? boolean clients ask these (otherwise those that no other forwards to)
---@field like? sigfault.Resolver|string whose driver and mitigation it has, under test too
---@field tested? boolean what -r says (otherwise those that clients ask)
---@field delay? sigfault.duration one way ("1ms")
---@field loss? number share of datagrams, each way (0)
---@field capacity? number bits a second, each way (without end)
---@field mtu? integer bytes with headers: larger datagrams are lost there, and nobody is told
---@field queue? sigfault.duration the longest that a packet waits for it ("100ms")
---@field capped? sigfault.Cap

---@class sigfault.FleetPlan
---@field count? integer how many caches (20)
---@field ages? "even"|{ from?: string, to: string } how long before `from` each was started ("even")
---@field share_of_clients? number[] of all clients, in all 1
---@field resolver? string|table<string, number> of which kinds the caches are, in all 1
---@field stagger? string what operators do reaches each cache so much later than the one before ("0s")

---Several caches in the place of one.
---@param plan sigfault.FleetPlan
function fleet(plan) end

---@class sigfault.Policy
---@field algorithm? string
---@field csk? boolean one key instead of two
---@field ksk_lifetime? string until it is rolled; "0s": never
---@field zsk_lifetime? string
---@field dnskey_ttl? integer
---@field propagation? string from a new version until all servers have it
---@field validity? string of signatures
---@field refresh? string how long before its end one is made anew
---@field nsec3? boolean

---@class sigfault.SignerParent
---@field polls? string how often it looks for CDS
---@field propagation? string and when its servers have the DS then

---@class sigfault.SignerPlan
---@field zone sigfault.Zone that it signs
---@field driver string "knot", "bind", "ldns", "dnssec-signzone", or a driver's file
---@field source? "file"|"transfer" as what it gets its zone
---@field tsig? boolean|{ name: string, secret: string, algorithm?: string } whether transfers are signed, and with what key
---@field every? sigfault.duration how often one that is a script is run
---@field policy? sigfault.Policy
---@field parent? sigfault.SignerParent
---@field hsm? boolean its private keys are in one

---@class sigfault.Signer
local Signer = {}

---A key is rolled now; `emergency`: the old one is not to be used any more.
---@param kind "ksk"|"zsk"|"csk"
---@param how? { emergency?: boolean }
---@return sigfault.Action
function Signer:roll(kind, how) end

---It signs by other rules from then on; what is not told stays.
---@param policy sigfault.Policy
---@return sigfault.Action
function Signer:policy(policy) end

---Its process ends, and another one begins after `down` ("10s").
---@param how? { down?: sigfault.duration }
---@return sigfault.Action
function Signer:restart(how) end

---Another machine takes its place, with its key store or with ZSKs of its own.
---@param how { keys: "copied"|"own", down?: sigfault.duration }
---@return sigfault.Action
function Signer:standby(how) end

---The files that hold its private keys are gone.
---@return sigfault.Action
function Signer:hsm_lost() end

---They are there again.
---@return sigfault.Action
function Signer:hsm_restored() end

---They are as they were then, at which instant a copy is made.
---@param time sigfault.time
---@return sigfault.Action
function Signer:hsm_restored_from(time) end

---Each key that its HSM makes from then on is so many pairs under one name.
---@param pairs integer
---@return sigfault.Action
function Signer:hsm_pairs(pairs) end

---A share of the signatures of its HSM verifies by no key.
---@param how { share: number }
---@return sigfault.Action
function Signer:hsm_bad(how) end

---It makes all signatures anew.
---@return sigfault.Action
function Signer:resign() end

---Its date is wrong from then on: "-3h", "+2d"; "0s" is right.
---@param ahead string
---@return sigfault.Action
function Signer:clock_wrong(ahead) end

---A record comes into its zone at the hidden primary.
---@param record string
---@return sigfault.Action
function Signer:add_record(record) end

---The secondary has another secret than it.
---@return sigfault.Action
function Signer:tsig_wrong() end

---@return sigfault.Action
function Signer:tsig_right() end

---Nothing more can be written to its disk.
---@return sigfault.Action
function Signer:disk_full() end

---@return sigfault.Action
function Signer:disk_free() end

---Its zone goes unsigned: the DS first, or `at_once`.
---@param how? { at_once?: boolean }
---@return sigfault.Action
function Signer:unsigned(how) end

---The registrar enters a DS by hand.
---@param which "newest"|"none"
---@return sigfault.Action
function Signer:parent_ds(which) end

---@class sigfault.BogusSpan
---@field from string
---@field to? string
---@field seconds? number
---@field step string
---@field owner string
---@field type string
---@field tag number
---@field kept_from? string
---@field kept_until? string
---@field rrsets number

---@class sigfault.Life
---@field driver string
---@field version string
---@field last string
---@field versions number
---@field rrsets number
---@field ksks number
---@field zsks number
---@field ds number
---@field expired number
---@field transfers_failed number
---@field acts_failed number
---@field bogus_seconds number
---@field margins table<string, number>
---@field bogus sigfault.BogusSpan[]
---@field events { time: string, kind: string, what: string }[]

---What its life has to show.
---@param text string
---@param judge fun(life: sigfault.Life): boolean, string?
function Signer:expect(text, judge) end

---A real signer for a zone, for `sigfault sign`.
---@param name string
---@param plan sigfault.SignerPlan
---@return sigfault.Signer
function signer(name, plan) end

---@param plan sigfault.Traffic
function traffic(plan) end

---@param time sigfault.time
---@param action sigfault.Action
function at(time, action) end

---A line in the plots.
---@param text string
---@return sigfault.Action
function mark(text) end

---Like `at`, so long after the first bad answer that a client got once the first fault could be seen.
---@param duration sigfault.duration
---@param action sigfault.Action
function after_first_failure(duration, action) end

---@class (exact) sigfault.Mitigation
---@field about? string one sentence
---@field like? string the resolver's own mitigation that its configuration builds on
---@field settings? table<string, string> text for the configuration, by kind of resolver
---@field operator? fun() what `at`, `expect` and `knows` say in it is for runs with this mitigation only

---What `at`, `expect` and `knows` say in a function is for runs with this mitigation only.
---@param name string
---@param body fun()|sigfault.Mitigation
function mitigation(name, body) end

---@alias sigfault.seen_column "queries"|"retries"|"noerror"|"nxdomain"|"servfail"|"other"|"timeout"|"stale"|"ad"

---@class (exact) sigfault.View
---@field zone? string
---@field last? sigfault.duration a multiple of the watch's `every`, which it is otherwise

---What clients got, as it became known.
---@class sigfault.Seen
---@field t integer seconds since the start
---@field utc string
---@field every integer seconds
local Seen = {}

---The share of queries; 0 when nobody asked.
---@param column sigfault.seen_column
---@param view? sigfault.View
---@return number
function Seen:share(column, view) end

---@param column sigfault.seen_column
---@param view? sigfault.View
---@return integer
function Seen:count(column, view) end

---What the last probe of a zone came to; nil: none, or on its way.
---@param zone? string
---@return "secure"|"insecure"|"bogus"|"timeout"|"other"|nil
function Seen:probed(zone) end

---@class (exact) sigfault.Case
---@field zone sigfault.Zone whose faults it is about
---@field name? string what is asked; otherwise the apex
---@field type? string otherwise `"A"`
---@field below? boolean asks a random label below that name
---@field at? sigfault.time when it is asked; otherwise at the start
---@field wait? sigfault.duration how long for an answer; otherwise `"30s"`
---@field before? { at: sigfault.time, type?: string } a question for the name that fills the cache before

---One question to a resolver that is started for it alone.
---@param name string
---@param plan sigfault.Case
function case(name, plan) end

---@class sigfault.CatalogueEntry
---@field name string
---@field group string
---@field about string
---@field dnssec boolean it makes answers bogus
---@field family boolean NAME-N are its members
---@field needs_signed boolean
---@field needs_nsec boolean
---@field needs_nsec3 boolean
---@field needs_optout boolean
---@field parameters table<string, boolean> whether it must be told

---The faults that there are.
---@return sigfault.CatalogueEntry[]
function catalogue() end

---@class (exact) sigfault.Watch
---@field every sigfault.duration whole seconds
---@field zone? string whose names it looks at; otherwise all
---@field act fun(seen: sigfault.Seen): sigfault.Action|sigfault.Action[]|nil

---An operator who looks at what clients get, and may act.
---@param plan sigfault.Watch
function watch(plan) end

---@class (exact) sigfault.Monitor
---@field every sigfault.duration whole seconds
---@field command string[] a program and its arguments; with a slash in it, seen from the script's folder
---@field name? string otherwise the program's
---@field alarm? integer|string|(integer|string)[] exit statuses, and texts in what it prints, that are an alarm; otherwise every status but 0
---@field timeout? sigfault.duration of the machine: for so long it may compute, or sleep over nothing; otherwise 30s

---A command that is run every so often, in the world and on its clock, and says whether something is wrong.
---@param plan sigfault.Monitor
function monitor(plan) end

---@class sigfault.OperatorEvent
---@field at? sigfault.time
---@field after_first_failure? sigfault.duration when it has no `at`
---@field operation "nta"|"nta-remove"|"flush"|"flush-all"|"reload"|"validation-off"|"validation-on"|"move"
---@field zone? string
---@field action sigfault.Action for `at`, again

---What the operator of a mitigation above does.
---@param name string
---@return sigfault.OperatorEvent[]
function events_of(name) end

---@class sigfault.Fault
---@field kind string
---@field zone string
---@field from sigfault.time
---@field to? sigfault.time nil: it does not end

---The scenario's faults: for the functions of mitigations.
---@return sigfault.Fault[]
function faults() end

---@param text string
---@param judge fun(run: sigfault.Run): boolean
---@param where? { mitigation?: string }
function expect(text, judge, where) end

---What a resolver of some versions is known to do: shown as known or otherwise than known, and no failure without --strict.
---@param resolver string a driver's name: "unbound"
---@param versions string "< 5.0", ">= 1.17, < 1.20", "= 9.18.24" or "any"
---@param text string what it does
---@param judge fun(run: sigfault.Run): boolean
---@param about { because: string, mitigation?: string } because: why it is so, or where that is from
function knows(resolver, versions, text, judge, about) end

---@class (exact) sigfault.Allowance
---@field worse_by? number|sigfault.duration in the figure's unit; this or
---@field worse_by_factor? number a multiple, from 1

---How much worse figures may be than in the run given as --baseline. `sigfault figures` lists their names.
---@param figures table<string, sigfault.Allowance>
---@param where? { mitigation?: string }
function allow(figures, where) end

---@param body fun(run: sigfault.Run)
function report(body) end

---@class (exact) sigfault.Series
---@field name string
---@field x number[]
---@field y number[] as many as `x`

---A figure in the report: something of the record against something else.
---@param title string
---@param body fun(run: sigfault.Run): sigfault.Series, ...
---@param axes { x: string, y: string } what they are, with the unit
function draw(title, body, axes) end
