"""How the pages of an archive look: one style for all, written into each page, so that no page needs another file."""

STYLE = """:root{color-scheme:light dark;--line:#d5d9e0;--soft:#57606f;--link:#0b57a4;--ground:#fff;--ink:#1b2330}
@media(prefers-color-scheme:dark){:root{--line:#3a4250;--soft:#a9b3c3;--link:#8fc1ff;--ground:#12161d;--ink:#e8ecf2}}
body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1.5rem 1rem 4rem;background:var(--ground);
color:var(--ink);overflow-wrap:anywhere}h1{line-height:1.25}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
h3{margin:1.5rem 0 0;font-size:1rem}ul{margin:.25rem 0;padding-left:1.25rem}a{color:var(--link)}.soft{color:var(--soft)}
li{margin:.25rem 0}nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.5rem 1.25rem}
.wide{max-width:60rem}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;min-width:7rem;white-space:pre-line}
tr{border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}td:first-child{font-weight:600}
@media(max-width:56rem){thead,tr,td{display:block}td{padding:.1rem 0}
thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
td::before{content:attr(data-label);color:var(--soft);display:block;font-size:.875rem;font-weight:400}
.empty{display:none}tr{padding:.6rem 0}}
@media print{nav{display:none}}"""
