#!/bin/sh
# Text in HTML and XML.
. "$(dirname "$0")/lib/lib.sh"

is 'plain' "$(html text 'hello, world')" 'hello, world'
is 'what would act' "$(html text '<script>alert("1")</script> & '\'x\')" \
	'&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;'
is 'control characters, which XML forbids' \
	"$(html text "$(printf 'a\001b\033[1mc\nd\376')")" 'a?bc?d?'
is 'UTF-8' "$(html text 'ä…')" 'ä…'
is 'a part of a URL' "$(html url 'gtk+-2.0_1:1~a.x86_64')" \
	'gtk%2B-2.0_1%3A1~a.x86_64'
is 'what leads elsewhere' "$(html url '../x?y#z"ä%')" \
	'..%2Fx%3Fy%23z%22%C3%A4%25'
is 'a time' "$(html time 1795360492)" \
	'<time datetime="2026-11-22T15:14:52Z">2026-11-22 15:14</time>'
is 'of the same day' "$(html clock 1795360492 1795391999)" \
	'<time datetime="2026-11-22T15:14:52Z">15:14</time>'
is 'of another' "$(html clock 1795360492 1795392000)" \
	'<time datetime="2026-11-22T15:14:52Z">2026-11-22 15:14</time>'
is 'no character' "$(html text "$(printf 'a\357\277\277b')")" 'a?b'
plan
