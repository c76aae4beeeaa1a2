# SPDX-License-Identifier: BSD-2-Clause
# The picture in README.md, from the record of a run:
#	sigfault run de-2026 -m none,nta,serve-stale -o DIR
#	gnuplot -e "dir='DIR'" docs/curves.gp > docs/de-2026.svg
set datafile separator ','
set terminal svg size 900,380 font 'sans-serif,13' background '#ffffff'
set title 'Unbound 1.17.1 on 5 May 2026: share of its users'' queries that got SERVFAIL'
set xdata time
set timefmt '%Y-%m-%dT%H:%M:%SZ'
set format x '%H:%M'
set xlabel 'UTC, virtual'
set xrange ['2026-05-05T19:00:00Z':'2026-05-05T23:30:00Z']
set yrange [0:100]
set format y '%g %%'
set key outside bottom center horizontal
set grid ytics lc '#dddddd'
set object 1 rectangle from '2026-05-05T19:29:00Z', graph 0 to '2026-05-05T23:15:00Z', graph 1 fc '#f3e6e6' fs solid noborder behind
set label 1 'bad signatures on the servers' at '2026-05-05T19:33:00Z', 96 tc '#884444'
set arrow 1 from '2026-05-05T20:38:00Z', 57 to '2026-05-05T20:45:00Z', 26 lc '#555555'
set label 2 'the cached NSEC3 of de. runs out' at '2026-05-05T20:43:00Z', 62 right tc '#555555'
set arrow 2 from '2026-05-05T22:08:00Z', 100 to '2026-05-05T22:08:00Z', 0 nohead lc '#888888' dt 2
set label 3 'first server repaired' at '2026-05-05T22:06:00Z', 10 right tc '#555555'
set arrow 3 from '2026-05-05T22:17:00Z', 100 to '2026-05-05T22:17:00Z', 0 nohead lc '#888888' dt 3
set label 4 'NTA' at '2026-05-05T22:19:00Z', 60 tc '#555555'
all(file) = sprintf("< awk -F, '$3 == \"all\"' %s/%s/curve.csv", dir, file)
plot all('unbound-none') using 2:(100 * $8 / $4) with lines lw 3 lc '#cc3311' title 'nothing done', \
     all('unbound-serve-stale') using 2:(100 * $8 / $4) with lines lw 2 dt 3 lc '#000000' title 'serve-stale', \
     all('unbound-nta') using 2:(100 * $8 / $4) with lines lw 2 lc '#0077bb' title 'NTA at 22:17'
