package main

import "github.com/anishathalye/porcupine"

// A call as `verify --export porcupine` writes it. Times are nanoseconds.
type call struct {
	Sku    string
	Call   int64
	Return int64
	Input  struct {
		Kind, Buyer, Hold, Order string
		Quantity                 int
	}
	Output struct {
		Outcome, Code, Hold, NewHold, Order string
		Observed                            *struct{ Available, Reserved, Sold int }
	}
}

func (of call) is(kind, outcome string) bool {
	return of.Input.Kind == kind && of.Output.Outcome == outcome
}

// The facts of a sale, as a history has them. Limits that nobody knows are absent.
type sale struct {
	Skus []struct {
		SkuId string
		Total int
	}
	UnitsPerBuyerMax, HoldsPerBuyerMax *int
	HoldTtlMs, SweepGraceMs            int64
	RefusalLagMs, ReadLagMs            int64
	// The reasons that codes of refusals give.
	Refusals map[string]string
}

// A change of a SKU in one moment, made by a call or by itself.
type event struct {
	what string
	// The reason of a refusal; empty if it gives none that others can look into.
	reason string
	buyer  string
	units  int
	// The hold that is made, and the one that the event is about; noHold where there is none.
	makes, about int
	// Units that a read was told: available, reserved and sold.
	told [3]int
	// True for an order that its buyer was told of before it was paid for.
	isPending bool
	// True if another checkout of the hold was under way.
	mayBePaid bool
}

const (
	noHold = -1
	msInNs = 1_000_000
)

// Turns the calls for one SKU into operations for Porcupine. A hold lapses and is swept by operations of nobody, each within
// the time in which it may have happened. A call without an answer has its effect before the end of the history, or none.
type reader struct {
	facts      sale
	calls      []call
	endNs      int64
	holds      []hold
	numbers    map[string]int
	orders     map[string]int
	pending    map[string]bool
	operations []porcupine.Operation
}

func read(calls []call, facts sale) *reader {
	of := &reader{
		facts: facts, calls: calls,
		numbers: map[string]int{}, orders: map[string]int{}, pending: map[string]bool{},
	}
	for _, each := range calls {
		of.endNs = max(of.endNs, each.Call)
		if each.Output.Outcome != "info" {
			of.endNs = max(of.endNs, each.Return)
		}
	}
	of.nameHolds()
	for _, each := range calls {
		of.addCall(each)
	}
	of.add(of.endNs+1, of.endNs+1, event{what: "end", makes: noHold, about: noHold})
	return of
}

// Numbers the holds and orders that answers name.
func (of *reader) nameHolds() {
	for _, each := range of.calls {
		if each.is("reserve", "ok") {
			of.numbers[each.Output.Hold] = of.newHold(each, noHold)
		}
	}
	for _, each := range of.calls {
		about, isKnown := of.numbers[each.Input.Hold]
		if each.Input.Kind != "confirm" || each.Output.Order == "" || !isKnown {
			continue
		}
		if name := each.Output.NewHold; name != "" {
			of.numbers[name] = of.newHold(each, about)
			about = of.numbers[name]
		}
		of.orders[each.Output.Order] = about
		of.pending[each.Output.Order] = each.Output.Outcome == "info"
	}
}

// @param insteadOf the hold in whose place another one is made, which is as large; noHold for one of its own
func (of *reader) newHold(by call, insteadOf int) int {
	units := by.Input.Quantity
	if insteadOf != noHold {
		units = of.holds[insteadOf].units
	}
	of.holds = append(of.holds, hold{buyer: by.Input.Buyer, units: units, insteadOf: insteadOf})
	return len(of.holds) - 1
}

func (of *reader) add(fromNs, toNs int64, what event) {
	of.operations = append(of.operations, porcupine.Operation{Call: fromNs, Return: toNs, Input: what})
}

func (of *reader) addCall(each call) {
	does := event{
		what:   each.Input.Kind + " " + each.Output.Outcome,
		reason: of.facts.Refusals[each.Output.Code],
		buyer:  each.Input.Buyer, units: each.Input.Quantity,
		makes: noHold, about: of.subjectOf(each),
	}
	fromNs, toNs := each.Call, each.Return
	if each.Output.Outcome == "info" {
		toNs = of.endNs + 2
	}
	switch each.Input.Kind {
	case "reserve":
		if does.reason == "sold-out" {
			fromNs -= of.facts.RefusalLagMs * msInNs
		}
		switch each.Output.Outcome {
		case "ok":
			does.makes = of.numbers[each.Output.Hold]
		case "info":
			does.makes = of.newHold(each, noHold)
		}
	case "confirm":
		does.mayBePaid = of.isPaidMeanwhile(each)
		switch {
		case does.about == noHold:
		case each.Output.NewHold != "":
			of.addAgain(each, fromNs, toNs, of.numbers[each.Output.NewHold])
			return
		case each.Output.Outcome == "info":
			of.addAgain(each, fromNs, toNs, of.newHold(each, does.about))
		}
	case "cancel":
		does.isPending = of.pending[each.Input.Order]
	case "read":
		told := each.Output.Observed
		if told == nil {
			return
		}
		fromNs -= of.facts.ReadLagMs * msInNs
		does.told = [3]int{told.Available, told.Reserved, told.Sold}
	}
	of.add(fromNs, toNs, does)
	if does.makes != noHold {
		of.addEnd(each, toNs, does.makes)
	}
}

// A payment that comes after the lapse holds units again, if there are any, and sells them.
func (of *reader) addAgain(each call, fromNs, toNs int64, makes int) {
	what := event{buyer: each.Input.Buyer, makes: makes, about: of.subjectOf(each)}
	what.what = "again"
	of.add(fromNs, toNs, what)
	what.about, what.makes = makes, noHold
	what.what = "confirm " + each.Output.Outcome
	of.add(fromNs, toNs, what)
	of.addEnd(each, toNs, makes)
}

// The clock of a hold starts within the call that makes it.
func (of *reader) addEnd(by call, toNs int64, number int) {
	lapsesNs := by.Call + of.facts.HoldTtlMs*msInNs
	lapsedNs := toNs + of.facts.HoldTtlMs*msInNs
	if lapsesNs > of.endNs {
		return
	}
	of.add(lapsesNs, lapsedNs, event{what: "lapse", makes: noHold, about: number})
	of.add(lapsesNs, lapsedNs+of.facts.SweepGraceMs*msInNs, event{what: "sweep", makes: noHold, about: number})
}

// The hold that a call is about.
func (of *reader) subjectOf(each call) int {
	named, name := of.numbers, each.Input.Hold
	if each.Input.Kind == "cancel" {
		named, name = of.orders, each.Input.Order
	}
	number, isKnown := named[name]
	if !isKnown || name == "" {
		return noHold
	}
	return number
}

// An order exists while it is being paid for, also if nothing comes of it.
func (of *reader) isPaidMeanwhile(each call) bool {
	for _, other := range of.calls {
		isOfHold := other.Input.Kind == "confirm" && other.Input.Hold == each.Input.Hold
		isItself := other.Call == each.Call && other.Return == each.Return
		overlaps := other.Call <= each.Return && (other.Return >= each.Call || other.Output.Outcome == "info")
		if isOfHold && !isItself && overlaps && other.Input.Buyer == each.Input.Buyer {
			return true
		}
	}
	return false
}
