select {key} from {relation} r where r.{column} is null
