package stage

import (
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

// Gates are the steps of the order of decision that the lab takes by itself,
// beside those of an origin.
var Gates = slices.Concat(road.Gates, []wire.Gate{
	{
		Number: 9,
		Name:   lang.Text{En: "upgrade", ZhTW: "升級"},
		Asks: lang.Text{
			En:   "Does the resource speak another protocol only, and does the request make a proper offer to go over to it?",
			ZhTW: "這個資源是否只說另一種協定？請求是否正確提議切換過去？"},
		Answers: codes(426, 400, 101),
	},
})
