module flashsale/bench/go-shop

go 1.24
