/** A page with every element that has methods of its own in k6, with valid and with invalid attributes. */
export const PAGE = `<!DOCTYPE html>
<html lang="en"><head>
<title>Shop &amp; more</title>
<base id="base" href="/deep/" target="_top"><base id="base-2">
<meta id="meta" name="token" content="a'b&quot;c" http-equiv="refresh"><meta id="meta-2" charset="utf-8">
<link id="css" rel="stylesheet  alternate" href="css/main.css" type="text/css" media="print" hreflang="fr" crossorigin="anonymous" referrerpolicy="origin">
<link id="icon" crossorigin="sometimes" referrerpolicy="never">
<style id="style" media="screen">p > b { color: red }</style><style id="style-2" type="text/less"></style>
<script id="script" src="/app.js" async defer type="module" charset="utf-8" crossorigin="x" nomodule></script>
<script id="inline">if (a < b && c > "d") { go('&amp;'); }</script>
<noscript id="noscript"><p>no &lt;script&gt;</p></noscript>
</head>
<body class="page  wide
dark">
<!-- a comment & more -->
<h1 id="title" data-id="7" data-big="12345678901234567890" data-float="1.50" data-half="0.5" data-exp="1e3" data-json='{"a":[1,true,null]}' data-bad="{a" data-list="[1,2]" data-yes="true" data-no="false" data-null="null" data-undefined="undefined" data-empty="" data-user-name="Al" data-user-id="9" data-api-url-path="x" data-under_score="u" data-neg="-3" data-hex="0x10" data-inf="Infinity" data-="none">Hello <b>wor</b>ld</h1>
<ul id="list" type="square" class="items"><li id="one" class="item first">One</li><li id="two" class="item" value="5">Two <em id="em">more</em></li>text<li id="three" class="item last" type="disc" value="x">Three</li><!-- end --></ul>
<ol id="ordered" start="3" reversed type="a"><li id="four" type="i">Four</li><li id="five" type="z">Five</li></ol><ol id="ordered-2" start="x" type="q"></ol>
<div id="outer" class="box"><div id="inner" class="box"><p id="para">Text with <a accesskey="k" download="file.txt" href="next.html?x=1&amp;y=two words#top part" hreflang="en" id="link" referrerpolicy="no-referrer" rel="next nofollow" target="_blank" type="text/html">a <i>link</i></a>, <br> and &lt;tags&gt; "quotes" 'single' \u00e9</p></div></div>
<a href="http://user:p%40ss@Example.com:80/a/../b/./c%20d?q=1#frag%20x" id="absolute">absolute</a>
<a href="https://example.com:8443" id="secure">secure</a>
<a href="http://example.com" id="bare">bare</a>
<a href="//cdn.example.com/x.js" id="scheme-less">scheme-less</a>
<a href="?page=2" id="query">query</a>
<a href="#here" id="hash">hash</a>
<a href="" id="empty">empty</a>
<a id="no-href">none</a>
<a href="../../../up" id="up">up</a>
<a href="a/./b/../c/" id="dots">dots</a>
<a href="mailto:someone@example.com" id="mail">mail</a>
<a href="javascript:void(0)" id="code">code</a>
<a href="file:///etc/hosts" id="file">file</a>
<a href="/100%" id="broken">broken</a>
<a href=" /padded " id="spaces">spaces</a>
<a href="/caf\u00e9 au lait?q=\u00fc" id="unicode">unicode</a>
<a href="http://[::1]:3000/x" id="ipv6">ipv6</a>
<map id="map" name="shapes"><area id="area" href="/shape" alt="s"><area id="area-2"></map><map id="map-2"></map><map name="named"></map>
<img id="img" src="a.png" sizes="10vw" srcset="b.png 2x" alt="An image" crossorigin="use-credentials" height="10" width="wide" ismap name="pic" usemap="#map" referrerpolicy="unsafe-url">
<img id="img-2" height="-5">
<audio id="audio" src="sound.mp3" autoplay controls loop muted preload="none" crossorigin="anonymous" mediagroup="g"><track id="track" kind="captions" src="t.vtt" srclang="en" label="English" default><track id="track-2" kind="odd"></audio>
<video id="video" preload="x"><source id="source" src="v.mp4" type="video/mp4" media="print" sizes="s" srcset="set" keysystem="ks"></video>
<canvas id="canvas" width="300"></canvas><data id="data" value="42">forty-two</data>
<del id="del" cite="/why" datetime="2020-01-01">old</del><ins id="ins" cite="/new">new</ins>
<embed id="embed" src="plugin.swf" height="1" width="2" type="x/y">
<iframe id="iframe" src="frame.html" allowfullscreen height="5" width="6" name="frame" referrerpolicy="origin"><b>raw</b></iframe>
<object id="object" data="o.pdf" height="1" name="obj" type="application/pdf" usemap="#map" width="2" tabindex="3" typemustmatch><param id="param" name="p" value="v"></object>
<pre id="pre" name="n" value="v">

 spaced
</pre>
<quote id="quote" cite="/said"></quote><blockquote id="block" cite="/b">b</blockquote>
<time id="time" datetime="12:00">noon</time>
<meter id="meter" min="1" max="10" low="2" high="9" optimum="5" value="4"></meter>
<progress id="progress" value="30" max="60"></progress><progress id="progress-2" value="0.25"></progress><progress id="progress-3" max="-1"></progress><progress id="progress-4" value="x" max="y"></progress>
<form id="form" action="/submit?old=1" method="post" name="order" target="_self" enctype="multipart/form-data" accept-charset="utf-8" autocomplete="off" novalidate>
<fieldset id="fieldset" name="set" disabled><legend id="legend" accesskey="l">Legend</legend>
<label id="label" for="text">Label</label>
<input id="text" name="text" value="a b&amp;c" list="options" tabindex="2" placeholder="type" maxlength="9" size="4" pattern="[a-z]+" required autofocus accesskey="t" dirname="dir" autocomplete="off">
<label id="around">Around <input id="bare-input" name="bare"></label>
<input id="checked" type="checkbox" name="checked" checked="checked">
<input id="checked-2" type="checkbox" name="checked2" checked value="v">
<input id="unchecked" type="checkbox" name="unchecked" value="u">
<input id="radio-1" type="radio" name="radio" value="1"><input id="radio-2" type="radio" name="radio" value="2" checked="checked">
<input id="hidden" type="hidden" name="csrf" value="t*k~n(1)!'" list="options">
<input id="number" type="number" name="number" min="1" max="5" step="2" value="3" readonly>
<input id="file-input" type="file" name="upload" accept="image/*" multiple>
<input id="image" type="image" name="img" src="go.png" alt="Go" height="20" width="30" formaction="/image" formmethod="GET" formenctype="text/plain" formtarget="_top" formnovalidate>
<input id="off" name="off" value="x" disabled="disabled"><input id="off-2" name="off2" value="y" disabled>
<input id="odd" type="strange" name="odd"><input id="unnamed" value="z">
<input id="twice-1" name="twice" value="first"><input id="twice-2" name="twice" value="second">
</fieldset>
<select id="select" name="select" tabindex="x" required><option id="opt-1" value="1">First</option><optgroup id="group" label="G" disabled><option id="opt-2" selected>Sec &amp; ond</option></optgroup><option id="opt-3" disabled label="Third label">Third</option></select>
<select id="none" name="none" disabled><option>only</option></select>
<textarea id="area-text" name="area" rows="3" cols="x" maxlength="10" value="attr\u00e9" placeholder="p" tabindex="1" accesskey="a" readonly required autocomplete="off" autocapitalize="words" wrap="hard">
Some <b>text</b> &amp; more</textarea>
<output id="output" name="sum" for="text number">42</output>
<button id="submit" name="do" value="buy" type="submit" tabindex="4" accesskey="b">Buy <b>now</b></button>
<input id="submit-2" type="submit" name="do" value="later"><button id="plain" type="button" disabled autofocus>Plain</button><button id="menu" type="menu"></button>
</form>
<form id="get-form" action="search"><input name="q" value="shoes"><button id="get-submit">Go</button></form>
<keygen id="keygen" form="form" name="key" challenge="c" keytype="EC" autofocus disabled>
<select id="multi" form="form" name="multi" multiple autofocus><option value="a" selected>A</option><option selected>B</option><option>C</option></select>
<form id="form-3" method="POST"></form>
<input id="outside" name="outside" form="form" list="missing"><input id="lost" form="nowhere"><label id="label-2" for="missing">Missing</label><label id="label-3">Nobody</label>
<select id="outside-select" form="form"><option id="outside-option">o</option></select>
<datalist id="options"><option id="list-option" value="one"><option value="two"></datalist>
<table id="table" sortable><caption id="caption">Caption</caption><colgroup><col id="col" span="2"><col id="col-2" span="0"></colgroup><thead id="thead"><tr id="row-head"><th id="th" abbr="N" scope="col" sorted colspan="2" headers="h">Name</th><th id="th-2" scope="x" rowspan="x">Price</th></tr></thead><tbody id="tbody"><tr id="row-1"><td id="td-1">a</td><td id="td-2" rowspan="2">b</td></tr><tr id="row-2"><td>c</td></tr></tbody><tbody><tr id="row-3"><td>d</td></tr></tbody><tfoot id="tfoot"><tr id="row-foot"><td id="td-foot">sum</td></tr></tfoot></table>
<svg id="svg" viewBox="0 0 1 1"><circle id="circle" r="1"/><a href="/in-svg" id="svg-link">svg</a></svg><math id="math"><mi>x</mi></math>
<template id="template"><p id="in-template">inside</p></template>
<p id="unclosed">one<p id="unclosed-2">two<div id="last">three
</body></html>
<!-- after -->`;
