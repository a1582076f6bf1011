// A shop as it is usually written in Go: gin, a Lua script in Redis that takes the unit, and a row in PostgreSQL for each
// reservation that was accepted. It authenticates nobody: the buyer's id stands in the body.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
)

// Takes units from the counter of a SKU for a buyer who has none of it yet.
var takeUnits = redis.NewScript(`
local stock = tonumber(redis.call('GET', KEYS[1]) or '0')
local quantity = tonumber(ARGV[2])
if stock < quantity then return -1 end
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return -2 end
redis.call('SADD', KEYS[2], ARGV[1])
return redis.call('DECRBY', KEYS[1], quantity)
`)

type reservation struct {
	SkuID    string `json:"skuId" binding:"required"`
	UserID   string `json:"userId" binding:"required"`
	Quantity int    `json:"quantity" binding:"required,min=1,max=10"`
}

func main() {
	ctx := context.Background()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	check(err)
	store := redis.NewClient(options)
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	check(err)
	_, err = pool.Exec(ctx, `CREATE TABLE shop_reservations (
		id uuid PRIMARY KEY, user_id text NOT NULL, sku_id text NOT NULL, quantity int NOT NULL,
		created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (user_id, sku_id))`)
	check(err)

	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())

	router.PUT("/stock/:sku/:units", func(c *gin.Context) {
		check(store.Set(c, "stock:"+c.Param("sku"), c.Param("units"), 0).Err())
		c.Status(http.StatusNoContent)
	})

	router.POST("/api/v1/reservations", func(c *gin.Context) {
		var wanted reservation
		if err := c.ShouldBindJSON(&wanted); err != nil {
			c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
			return
		}
		keys := []string{"stock:" + wanted.SkuID, "buyers:" + wanted.SkuID}
		left, err := takeUnits.Run(c, store, keys, wanted.UserID, wanted.Quantity).Int()
		switch {
		case err != nil:
			c.JSON(http.StatusInternalServerError, gin.H{"error": "redis"})
			return
		case left == -1:
			c.JSON(http.StatusConflict, gin.H{"error": "sold out"})
			return
		case left == -2:
			c.JSON(http.StatusConflict, gin.H{"error": "already reserved"})
			return
		}
		id := uuid.New()
		_, err = pool.Exec(c, `INSERT INTO shop_reservations (id, user_id, sku_id, quantity) VALUES ($1, $2, $3, $4)`,
			id, wanted.UserID, wanted.SkuID, wanted.Quantity)
		if err != nil {
			store.IncrBy(c, keys[0], int64(wanted.Quantity))
			store.SRem(c, keys[1], wanted.UserID)
			c.JSON(http.StatusInternalServerError, gin.H{"error": "database"})
			return
		}
		c.JSON(http.StatusCreated, gin.H{"reservationId": id, "skuId": wanted.SkuID, "quantity": wanted.Quantity})
	})

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("http://%s\n", listener.Addr())
	go func() { check(http.Serve(listener, router)) }()
	// Ends when the bench closes the input.
	_, _ = os.Stdin.Read(make([]byte, 1))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
