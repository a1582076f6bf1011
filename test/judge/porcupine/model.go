package main

import (
	"hash/maphash"
	"slices"

	"github.com/anishathalye/porcupine"
)

// A hold that some call of the history can have made.
type hold struct {
	buyer string
	units int
	// The hold in whose place it is made, because that one was paid for too late; noHold for others.
	insteadOf int
}

// The states of a hold. A lapsed one is off sale until it is swept.
const (
	none byte = iota
	live
	lapsed
	swept
	released
	sold
	fulfilled
	returned
)

// One SKU as a state machine. A state of it is a text of one byte for each hold, and of one that tells if the history is over.
type shelf struct {
	total int
	holds []hold
	facts sale
}

func (of shelf) model() porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init: func() interface{} { return string(make([]byte, len(of.holds)+1)) },
		Step: func(state, input, _ interface{}) (bool, interface{}) {
			next := []byte(state.(string))
			if !of.step(next, input.(event)) {
				return false, state
			}
			return true, string(next)
		},
		Hash: func(state interface{}) uint64 { return maphash.String(seed, state.(string)) },
	}
}

// Changes the state as an event does; false if it cannot happen in that state.
func (of shelf) step(state []byte, does event) bool {
	about := none
	if does.about != noHold {
		about = state[does.about]
	}
	isTheirs := about != none && does.buyer == of.holds[does.about].buyer
	become := func(next byte) bool {
		state[does.about] = next
		return true
	}
	switch does.what {
	case "lapse":
		return about != live || become(lapsed)
	case "sweep":
		return !isIn(about, live, lapsed) || become(swept)
	case "end":
		state[len(state)-1] = 1
		return true
	}
	if state[len(state)-1] == 1 {
		// Of the calls, only those without an answer come after the end.
		return true
	}
	switch does.what {
	case "read ok":
		return does.told == of.counts(state)
	case "reserve ok", "reserve info":
		return of.take(state, does.makes)
	case "again":
		if !isTheirs || !isIn(about, lapsed, swept) {
			return false
		}
		become(swept)
		return !of.has(state, does.buyer, live, lapsed, sold, fulfilled) && of.take(state, does.makes)
	case "confirm ok", "confirm info":
		return isTheirs && about == live && become(sold)
	case "release ok", "release info":
		return isTheirs && about == live && become(released)
	case "cancel ok", "cancel info":
		if isTheirs && does.isPending && about != sold {
			return about != live || become(released)
		}
		return isTheirs && about == sold && become(returned)
	}
	return of.isTrue(state, does, about, isTheirs)
}

// Takes units off sale for a hold that is not there yet.
func (of shelf) take(state []byte, number int) bool {
	made := of.holds[number]
	if state[number] != none || of.counts(state)[0] < made.units {
		return false
	}
	units, holds := made.units, 1
	for other, each := range of.holds {
		if each.buyer == made.buyer && isIn(state[other], live, sold, fulfilled) {
			units += each.units
			holds++
		}
	}
	if isAbove(units, of.facts.UnitsPerBuyerMax) || isAbove(holds, of.facts.HoldsPerBuyerMax) {
		return false
	}
	state[number] = live
	return true
}

// True if a refusal gives a reason that is true now, or none that others can look into.
func (of shelf) isTrue(state []byte, does event, about byte, isTheirs bool) bool {
	switch does.reason {
	case "sold-out":
		return of.counts(state)[0] < does.units
	case "has-hold":
		return of.has(state, does.buyer, live, lapsed)
	case "has-bought":
		return of.has(state, does.buyer, sold, fulfilled)
	case "has-one":
		return of.has(state, does.buyer, live, lapsed, sold, fulfilled)
	case "hold-lapsed":
		return isTheirs && isIn(about, lapsed, swept)
	case "hold-ended":
		return isTheirs && about != live
	case "hold-ordered":
		return isTheirs && (does.mayBePaid || of.wasBought(state, does.about))
	case "order-ended":
		if isTheirs && about == sold {
			// The shop has handed the order over, of which no call tells.
			state[does.about] = fulfilled
		}
		return isTheirs && (does.isPending || isIn(about, sold, fulfilled, returned))
	case "not-found":
		return !isTheirs
	}
	return true
}

// True if a hold has an order, also if that was made for it too late and bought another hold in its place.
func (of shelf) wasBought(state []byte, number int) bool {
	for other, each := range of.holds {
		isOf := other == number || each.insteadOf == number
		if isOf && isIn(state[other], sold, fulfilled, returned) {
			return true
		}
	}
	return false
}

// The units that are available, reserved and sold.
func (of shelf) counts(state []byte) [3]int {
	counts := [3]int{of.total, 0, 0}
	for number, each := range of.holds {
		switch state[number] {
		case live, lapsed:
			counts[0] -= each.units
			counts[1] += each.units
		case sold, fulfilled:
			counts[0] -= each.units
			counts[2] += each.units
		}
	}
	return counts
}

func (of shelf) has(state []byte, buyer string, states ...byte) bool {
	for number, each := range of.holds {
		if each.buyer == buyer && isIn(state[number], states...) {
			return true
		}
	}
	return false
}

func isIn(state byte, states ...byte) bool { return slices.Contains(states, state) }

func isAbove(number int, limit *int) bool { return limit != nil && number > *limit }
