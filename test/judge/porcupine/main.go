// The opinion of Porcupine, a linearizability checker of other people, on histories of sales. Reads one history per line:
//
//	{"sale": facts of the sale, "calls": [operations as `verify --export porcupine` writes them]}
//
// and writes a line for each: Ok, Illegal or Unknown. A history is Ok if that of each of its SKUs is.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

func main() {
	patience := flag.Duration("patience", 5*time.Second, "the longest time for one SKU of one history")
	flag.Parse()
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	decoder := json.NewDecoder(lines)
	for decoder.More() {
		var history struct {
			Sale  sale
			Calls []call
		}
		if err := decoder.Decode(&history); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(out, opinionOf(history.Sale, history.Calls, *patience))
	}
}

func opinionOf(facts sale, calls []call, patience time.Duration) porcupine.CheckResult {
	opinion := porcupine.Ok
	for _, sku := range facts.Skus {
		var own []call
		for _, each := range calls {
			if each.Sku == sku.SkuId {
				own = append(own, each)
			}
		}
		history := read(own, facts)
		model := shelf{total: sku.Total, holds: history.holds, facts: facts}.model()
		switch porcupine.CheckOperationsTimeout(model, history.operations, patience) {
		case porcupine.Illegal:
			return porcupine.Illegal
		case porcupine.Unknown:
			opinion = porcupine.Unknown
		}
	}
	return opinion
}
